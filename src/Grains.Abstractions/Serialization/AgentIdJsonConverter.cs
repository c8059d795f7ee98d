using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansHealing.Agents;

namespace OrleansHealing.Serialization;

/// <summary>An <see cref="AgentId"/> as a JSON string; anything that is no id is a <see cref="JsonException"/>.</summary>
public sealed class AgentIdJsonConverter : JsonConverter<AgentId>
{
    /// <inheritdoc/>
    public override AgentId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType is JsonTokenType.String && AgentId.TryParse(reader.GetString(), out var id)
            ? id
            : throw new JsonException($"An agent id {AgentId.Rule}.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, AgentId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}
