using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansHealing.Agents;

/// <summary>The settings of a definition: one JSON object, checked against the kind's <see cref="AgentSetting"/>s before an agent is spawned.</summary>
[GenerateSerializer, Immutable, Alias("healing.AgentSettings")]
[JsonConverter(typeof(AgentSettingsJsonConverter))]
public sealed class AgentSettings : IEquatable<AgentSettings>
{
    /// <summary>No settings.</summary>
    public static readonly AgentSettings Empty = new("{}");

    private AgentSettings(string json) => Json = json;

    /// <summary>The object as compact JSON.</summary>
    [Id(0)]
    public string Json { get; private init; }

    /// <summary>Takes a JSON object.</summary>
    /// <exception cref="JsonException">It is no JSON object.</exception>
    public static AgentSettings Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return FromElement(document.RootElement);
    }

    /// <summary>Takes an element that was read already.</summary>
    /// <exception cref="JsonException">It is no JSON object, or names a setting twice.</exception>
    public static AgentSettings FromElement(JsonElement element)
    {
        if (element.ValueKind is not JsonValueKind.Object)
        {
            throw new JsonException("settings must be a JSON object.");
        }

        var twice = element.EnumerateObject().CountBy(p => p.Name, StringComparer.Ordinal).FirstOrDefault(p => p.Value > 1).Key;
        return twice is null ? new AgentSettings(JsonSerializer.Serialize(element)) : throw new JsonException($"settings name '{twice}' twice.");
    }

    /// <summary>Every setting with its value, in the order of the text.</summary>
    public IReadOnlyDictionary<string, JsonElement> ToDictionary()
    {
        using var document = JsonDocument.Parse(Json);
        return document.RootElement.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.Clone(), StringComparer.Ordinal);
    }

    /// <summary>A text; null when it is not set. Numbers and booleans are given as their JSON text.</summary>
    public string? GetString(string name) => Find(name) is { } value
        ? value.ValueKind is JsonValueKind.String ? value.GetString() : value.GetRawText()
        : null;

    /// <summary>A number, also when it was written as a string; <paramref name="otherwise"/> when it is not set.</summary>
    /// <exception cref="FormatException">It is set to something that is no number.</exception>
    public double GetDouble(string name, double otherwise) =>
        GetString(name) is { } text ? double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>A whole number, also when it was written as a string; <paramref name="otherwise"/> when it is not set.</summary>
    /// <exception cref="FormatException">It is set to something that is no whole number.</exception>
    public long GetInt64(string name, long otherwise) =>
        GetString(name) is { } text ? long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : otherwise;

    /// <summary>Reads all settings into a type of the author's (camelCase names).</summary>
    public T? To<T>() => JsonSerializer.Deserialize<T>(Json, JsonSerializerOptions.Web);

    /// <inheritdoc/>
    public bool Equals(AgentSettings? other) => other is not null && Json == other.Json;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as AgentSettings);

    /// <inheritdoc/>
    public override int GetHashCode() => Json.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Json;

    private JsonElement? Find(string name)
    {
        using var document = JsonDocument.Parse(Json);
        return document.RootElement.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null
            ? value.Clone()
            : null;
    }
}

/// <summary>Writes <see cref="AgentSettings"/> as the object that they are.</summary>
public sealed class AgentSettingsJsonConverter : JsonConverter<AgentSettings>
{
    /// <inheritdoc/>
    public override AgentSettings Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        AgentSettings.FromElement(JsonElement.ParseValue(ref reader));

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, AgentSettings value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Json);
}
