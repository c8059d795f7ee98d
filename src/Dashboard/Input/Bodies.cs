using System.Text.Json;
using Microsoft.AspNetCore.Http;
using OrleansHealing.Agents;
using OrleansHealing.Dashboard.Api;
using OrleansHealing.Input;
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
        return DefinitionInput.Read(body, faults) ?? throw new ProblemException(Problem.Invalid(faults.Items));
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
            ? Texts.Shorten(text, CommandRules.MaxReasonLength)
            : null;
    }

    private static async Task<JsonElement> RequiredAsync(HttpRequest request, int maxBytes) =>
        await JsonBody.ReadAsync(request, maxBytes)
        ?? throw new ProblemException(Problem.Invalid(Shape.Root, "must be a JSON object (it is empty)"));

    private static void Check(Shape shape, JsonElement body)
    {
        var faults = new FaultList();
        shape.Check(body, Shape.Root, faults);
        if (faults.Items.Count > 0)
        {
            throw new ProblemException(Problem.Invalid(faults.Items));
        }
    }
}
