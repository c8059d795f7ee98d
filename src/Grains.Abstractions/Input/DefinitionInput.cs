using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Input;

/// <summary>
/// A definition that somebody wrote, with all that is wrong with it. What needs its kind to be judged is the fleet's to say, of
/// <see cref="Readable"/>: also where a part has a wrong shape, so that nobody is told of the faults one by one.
/// </summary>
internal sealed class DefinitionInput
{
    private const string Settings = "settings";
    private const string Policy = "policy";
    private const string Backoff = "policy.backoff";

    /// <summary>Stands in for an id that cannot be read.</summary>
    private const string SomeId = "unreadable";

    private readonly FaultList _faults = new();

    private DefinitionInput(JsonElement value)
    {
        Shapes.Definition.Check(value, Shape.Root, _faults);
        if (value.ValueKind is not JsonValueKind.Object)
        {
            return;
        }

        var isPolicyWhole = !_faults.HasAt(Policy);
        var readable = Faults.Count is 0 ? value : WithStandIns(Prune(value, "", HealingJson.Default.AgentDefinition));
        if (Bind(readable, HealingJson.Default.AgentDefinition) is { } definition)
        {
            _faults.AddRange(definition.Policy is { } policy ? PolicyRules.Check(policy) : []);

            // Of half a policy it cannot be told whether its numbers fit together.
            Readable = isPolicyWhole ? definition : definition with { Policy = null };
        }
    }

    /// <summary>What is wrong with it, as far as it is known.</summary>
    public IReadOnlyList<Fault> Faults => _faults.Items;

    /// <summary>The definition with what can be read of it and stand-ins for the rest; null when nothing can.</summary>
    public AgentDefinition? Readable { get; }

    /// <summary>The definition, while nothing is known to be wrong with it.</summary>
    public AgentDefinition? Definition => Faults.Count is 0 ? Readable : null;

    /// <summary>Reads what was written.</summary>
    public static DefinitionInput Read(JsonElement value) => new(value);

    /// <summary>Adds what the fleet says of <see cref="Readable"/>, but for what is at fault already or stood in for.</summary>
    public void Add(IEnumerable<Fault> byTheFleet)
    {
        var isSettingsWhole = !_faults.HasAt(Settings);
        Fault[] news = [.. byTheFleet.Where(f => !_faults.HasAt(f.Property) && (isSettingsWhole || !f.Property.StartsWith(Settings, StringComparison.Ordinal)))];
        _faults.AddRange(news);
    }

    private static JsonElement WithStandIns(JsonObject definition)
    {
        definition["id"] ??= SomeId;
        definition["kind"] ??= "";
        return JsonSerializer.SerializeToElement(definition);
    }

    /// <summary>The known members of an object that are not at fault; a policy and its backoff are taken apart.</summary>
    private JsonObject Prune(JsonElement value, string path, JsonTypeInfo type)
    {
        var kept = new JsonObject();
        foreach (var member in value.EnumerateObject())
        {
            if (Shape.NameOf(member) is not { } name || type.Properties.All(p => p.Name != name))
            {
                continue;
            }

            var at = path is "" ? name : $"{path}.{name}";
            if (!_faults.HasAt(at))
            {
                kept[name] = JsonNode.Parse(member.Value.GetRawText());
            }
            else if (at is Policy or Backoff && member.Value.ValueKind is JsonValueKind.Object)
            {
                kept[name] = Prune(member.Value, at, at is Policy ? HealingJson.Default.PolicySettings : HealingJson.Default.BackoffSettings);
            }
        }

        return kept;
    }

    private T? Bind<T>(JsonElement value, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return value.Deserialize(type) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            // The shapes should have seen it; a record that grew a rule which they lack is still the writer's to keep.
            _faults.Add(Shape.Root, $"does not fit at {e.Path ?? "$"}");
            return null;
        }
    }
}
