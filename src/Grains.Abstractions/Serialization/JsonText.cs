using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansHealing.Serialization;

/// <summary>
/// One JSON value of any shape, kept as its own compact text: an author's progress or settings, which the fleet carries
/// and shows but never reads. Cheap to copy between silos and to write on.
/// </summary>
[GenerateSerializer, Immutable, Alias("healing.JsonText")]
[JsonConverter(typeof(JsonTextConverter))]
public readonly record struct JsonText
{
    private JsonText(string text) => Text = text;

    /// <summary>The value as compact JSON.</summary>
    [Id(0)]
    public string Text { get => field ?? "null"; private init; }

    /// <summary>Takes a JSON text.</summary>
    /// <exception cref="JsonException">The text is not exactly one JSON value.</exception>
    public static JsonText Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return FromElement(document.RootElement);
    }

    /// <summary>Takes an element that was read already.</summary>
    public static JsonText FromElement(JsonElement element) => new(JsonSerializer.Serialize(element));

    /// <summary>Serializes <paramref name="value"/> by <paramref name="options"/>.</summary>
    public static JsonText From<T>(T value, JsonSerializerOptions options) => new(JsonSerializer.Serialize(value, options));

    /// <summary>Reads the value by <paramref name="options"/>.</summary>
    public T? To<T>(JsonSerializerOptions options) => JsonSerializer.Deserialize<T>(Text, options);

    /// <inheritdoc/>
    public override string ToString() => Text;
}

/// <summary>Writes a <see cref="JsonText"/> as the value that it holds.</summary>
public sealed class JsonTextConverter : JsonConverter<JsonText>
{
    /// <inheritdoc/>
    public override JsonText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonText.FromElement(JsonElement.ParseValue(ref reader));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, JsonText value, JsonSerializerOptions options) => writer.WriteRawValue(value.Text);
}
