using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using OrleansHealing.Supervision;

namespace OrleansHealing.Serialization;

/// <summary>One agent in JSON: the members that a list shows of it, then, beside them, what only a closer look does.</summary>
public sealed class AgentDetailsJsonConverter : JsonConverter<AgentDetails>
{
    private static readonly string[] Closer = ["definition", "policy", "desired", "actions", "checkpoints"];

    /// <inheritdoc/>
    public override AgentDetails Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var value = JsonElement.ParseValue(ref reader);
        if (value.ValueKind is not JsonValueKind.Object)
        {
            throw new JsonException("An agent must be a JSON object.");
        }

        var listed = JsonObject.Create(value)!;
        foreach (var name in Closer)
        {
            listed.Remove(name);
        }

        return new AgentDetails
        {
            Agent = listed.Deserialize(InfoOf<AgentView>(options)) ?? throw new JsonException("An agent must not be null."),
            Definition = Member<AgentDefinition>(value, "definition", options),
            Policy = Member<SupervisionPolicy>(value, "policy", options),
            Desired = Member<DesiredState>(value, "desired", options),
            Actions = Member<IReadOnlyList<SupervisorAction>>(value, "actions", options) ?? throw new JsonException("An agent's actions must be given."),
            Checkpoints = Member<IReadOnlyList<CheckpointView>>(value, "checkpoints", options) ?? throw new JsonException("An agent's checkpoints must be given."),
        };
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, AgentDetails value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var member in JsonSerializer.SerializeToElement(value.Agent, InfoOf<AgentView>(options)).EnumerateObject())
        {
            member.WriteTo(writer);
        }

        Write(writer, "definition", value.Definition, options);
        Write(writer, "policy", value.Policy, options);
        Write(writer, "desired", value.Desired, options);
        Write(writer, "actions", value.Actions, options);
        Write(writer, "checkpoints", value.Checkpoints, options);
        writer.WriteEndObject();
    }

    private static void Write<T>(Utf8JsonWriter writer, string name, T? value, JsonSerializerOptions options)
        where T : class
    {
        writer.WritePropertyName(name);
        JsonSerializer.Serialize(writer, value, InfoOf<T>(options)!);
    }

    private static T? Member<T>(JsonElement value, string name, JsonSerializerOptions options)
        where T : class => value.TryGetProperty(name, out var member) ? member.Deserialize(InfoOf<T>(options)) : null;

    private static JsonTypeInfo<T> InfoOf<T>(JsonSerializerOptions options) => (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
}
