using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using OrleansHealing.Agents;
using OrleansHealing.Dashboard.Api;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Dashboard.Input;

/// <summary>Bodies as the values that they mean; a wrong one ends in a <see cref="ProblemException"/> with every fault that was found.</summary>
internal static class Bodies
{
    public static async Task<AgentDefinition> DefinitionAsync(HttpRequest request, int maxBytes)
    {
        var body = await RequiredAsync(request, maxBytes);
        var faults = new FaultList();
        Shapes.Definition.Check(body, "body", faults);
        if (faults.Items.Count > 0)
        {
            // With a wrong shape nobody further in will see the numbers, so those that can be judged here are.
            faults.AddRange(PolicyFaults(body, faults));
            throw new ProblemException(Problem.Invalid(faults.Items));
        }

        return Bind(body, HealingJson.Default.AgentDefinition);
    }

    public static async Task<CrashMode> CrashModeAsync(HttpRequest request, int maxBytes)
    {
        var body = await RequiredAsync(request, maxBytes);
        Check(Shapes.Crash, body);
        return Words.TryParse<CrashMode>(body.GetProperty("mode").GetString(), out var mode)
            ? mode
            : throw new InvalidOperationException("A mode that was checked is no mode.");
    }

    /// <summary>The reason of an order, if it was given.</summary>
    public static async Task<string?> ReasonAsync(HttpRequest request, int maxBytes)
    {
        if (await JsonBody.ReadAsync(request, maxBytes) is not { } body)
        {
            return null;
        }

        Check(Shapes.Order, body);
        return body.TryGetProperty("reason", out var reason) && reason.GetString() is { Length: > 0 } text
            ? Texts.Shorten(text, Shapes.MaxReasonLength)
            : null;
    }

    private static async Task<JsonElement> RequiredAsync(HttpRequest request, int maxBytes) =>
        await JsonBody.ReadAsync(request, maxBytes)
        ?? throw new ProblemException(Problem.Invalid("body", "must be a JSON object (it is empty)"));

    private static void Check(Shape shape, JsonElement body)
    {
        var faults = new FaultList();
        shape.Check(body, "body", faults);
        if (faults.Items.Count > 0)
        {
            throw new ProblemException(Problem.Invalid(faults.Items));
        }
    }

    private static Fleet.Fault[] PolicyFaults(JsonElement body, FaultList faults) =>
        body.ValueKind is JsonValueKind.Object
        && body.TryGetProperty("policy", out var policy)
        && policy.ValueKind is JsonValueKind.Object
        && !faults.HasAt("policy")
            ? [.. PolicyRules.Check(Bind(policy, HealingJson.Default.PolicySettings))]
            : [];

    private static T Bind<T>(JsonElement body, JsonTypeInfo<T> type)
    {
        try
        {
            return body.Deserialize(type) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            // The shapes should have seen it; a record that grew a rule which they lack is still the sender's to keep.
            throw new ProblemException(Problem.Invalid("body", $"does not fit at {e.Path ?? "$"}"));
        }
    }
}
