using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansHealing.Serialization;

namespace OrleansHealing.Supervision;

/// <summary>
/// The strict JSON of <see cref="DecisionEvidence"/>. Unlike that of the other records it keeps times to their last digit, since
/// the same decision must come of them. With fields, so that whatever is added to the circumstances is carried over.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    IncludeFields = true,
    Converters = [typeof(ExactTimeConverter), typeof(SecondsConverter), typeof(StringSetConverter)])]
[JsonSerializable(typeof(DecisionEvidence))]
internal sealed partial class EvidenceJson : JsonSerializerContext;

/// <summary>Times as ISO-8601 in UTC, to 100 ns.</summary>
internal sealed class ExactTimeConverter : JsonConverter<DateTimeOffset>
{
    public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDateTimeOffset().ToUniversalTime();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.UtcDateTime);
}

/// <summary>Sets of words as sorted arrays.</summary>
internal sealed class StringSetConverter : JsonConverter<IReadOnlySet<string>>
{
    public override IReadOnlySet<string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var set = new HashSet<string>(StringComparer.Ordinal);
        if (reader.TokenType is not JsonTokenType.StartArray)
        {
            throw new JsonException("must be an array of words");
        }

        while (reader.Read() && reader.TokenType is JsonTokenType.String)
        {
            set.Add(reader.GetString()!);
        }

        return reader.TokenType is JsonTokenType.EndArray ? set : throw new JsonException("must be an array of words");
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlySet<string> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var word in value.Order(StringComparer.Ordinal))
        {
            writer.WriteStringValue(word);
        }

        writer.WriteEndArray();
    }
}
