using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OrleansHealing.Agents;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Input;

/// <summary>Reads a definition that somebody wrote, and names all that is wrong with it at once.</summary>
internal static class DefinitionInput
{
    /// <summary>
    /// The definition, or null when <paramref name="faults"/> says why there is none. The numbers of a definition whose shape is
    /// right are left to whoever knows the rest: its kind, and the policy under its own.
    /// </summary>
    public static AgentDefinition? Read(JsonElement value, FaultList faults)
    {
        var before = faults.Items.Count;
        Shapes.Definition.Check(value, Shape.Root, faults);
        if (faults.Items.Count == before)
        {
            return Bind(value, HealingJson.Default.AgentDefinition, faults);
        }

        // With a wrong shape nobody further in will see the numbers, so those that can be judged here are.
        if (value.ValueKind is JsonValueKind.Object
            && !faults.HasAt("policy")
            && value.TryGetProperty("policy", out var written)
            && written.ValueKind is JsonValueKind.Object
            && Bind(written, HealingJson.Default.PolicySettings, faults) is { } policy)
        {
            faults.AddRange(PolicyRules.Check(policy));
        }

        return null;
    }

    private static T? Bind<T>(JsonElement value, JsonTypeInfo<T> type, FaultList faults)
        where T : class
    {
        try
        {
            return value.Deserialize(type) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            // The shapes should have seen it; a record that grew a rule which they lack is still the writer's to keep.
            faults.Add(Shape.Root, $"does not fit at {e.Path ?? "$"}");
            return null;
        }
    }
}
