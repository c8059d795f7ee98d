using System.Text.Json;
using Microsoft.AspNetCore.Http;
using OrleansHealing.Agents;
using OrleansHealing.Dashboard.Api;
using OrleansHealing.Heartbeats;
using OrleansHealing.Input;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Dashboard.Input;

/// <summary>Bodies as the values that they mean; a wrong one ends in a <see cref="ProblemException"/> with every fault that was found.</summary>
internal static class Bodies
{
    /// <summary>No policy allows a longer one, and the fleet cuts it to the agent's own.</summary>
    private const double LongestSilenceSeconds = 7 * 86_400;

    private static readonly Shape SignIn = Shape.Object(new Member("apiKey", Shape.Text, IsRequired: true));

    public static async Task<DefinitionInput> DefinitionAsync(HttpRequest request, int maxBytes) =>
        DefinitionInput.Read(await RequiredAsync(request, maxBytes));

    public static async Task<ExternalHeartbeat> HeartbeatAsync(HttpRequest request, int maxBytes)
    {
        var body = await RequiredAsync(request, maxBytes);
        Check(Shapes.Heartbeat, body);
        return new ExternalHeartbeat(
            body.GetProperty("incarnation").GetInt64(),
            body.TryGetProperty("progress", out var progress) && progress.ValueKind is not JsonValueKind.Null ? JsonText.FromElement(progress) : null,
            body.TryGetProperty("expectedSilenceSeconds", out var silence) && silence.ValueKind is not JsonValueKind.Null
                ? TimeSpan.FromSeconds(Math.Min(silence.GetDouble(), LongestSilenceSeconds))
                : null);
    }

    public static async Task<ExternalCheckpoint> CheckpointAsync(HttpRequest request, int maxBytes)
    {
        var body = await RequiredAsync(request, maxBytes);
        Check(Shapes.Checkpoint, body);
        return new ExternalCheckpoint(body.GetProperty("incarnation").GetInt64(), JsonText.FromElement(body.GetProperty("state")));
    }

    public static async Task<CrashMode> CrashModeAsync(HttpRequest request, int maxBytes)
    {
        var body = await RequiredAsync(request, maxBytes);
        Check(Shapes.Crash, body);
        return Words.TryParse<CrashMode>(body.GetProperty("mode").GetString(), out var mode)
            ? mode
            : throw new InvalidOperationException("A mode that was checked is no mode.");
    }

    public static async Task<string> ApiKeyAsync(HttpRequest request, int maxBytes)
    {
        var body = await RequiredAsync(request, maxBytes);
        if (body.ValueKind is not JsonValueKind.Object)
        {
            throw new ProblemException(Problem.Invalid(Shape.Root, "must be a JSON object"));
        }

        // The shapes say what they found; a key is not said, whatever is wrong with it.
        if (body.TryGetProperty("apiKey", out var key) && key.ValueKind is not JsonValueKind.String)
        {
            throw new ProblemException(Problem.Invalid("apiKey", "must be text"));
        }

        Check(SignIn, body);
        return body.GetProperty("apiKey").GetString()!;
    }

    /// <summary>The reason of an order, if it was given.</summary>
    public static async Task<string?> ReasonAsync(HttpRequest request, int maxBytes)
    {
        if (await JsonBody.ReadAsync(request, maxBytes) is not { } body)
        {
            return null;
        }

        Check(Shapes.Order, body);
        return Reason(body);
    }

    /// <summary>Why, and how long a pause lasts, if either was given.</summary>
    public static async Task<(string? Reason, TimeSpan? For)> PauseAsync(HttpRequest request, int maxBytes)
    {
        if (await JsonBody.ReadAsync(request, maxBytes) is not { } body)
        {
            return (null, null);
        }

        Check(Shapes.Pause, body);
        return (Reason(body), Span(body, "forSeconds"));
    }

    /// <summary>Whom a standing pause is to hold, why, and for how long. That it is everybody has to be said.</summary>
    public static async Task<(IReadOnlyDictionary<string, string> Labels, string? Reason, TimeSpan? For)> MaintenanceAsync(HttpRequest request, int maxBytes)
    {
        var body = await RequiredAsync(request, maxBytes);
        Check(Shapes.Maintenance, body);
        var labels = body.TryGetProperty("labels", out var given) && given.ValueKind is JsonValueKind.Object
            ? given.EnumerateObject().ToDictionary(l => l.Name, l => l.Value.GetString()!, StringComparer.Ordinal)
            : [];
        var isAll = body.TryGetProperty("all", out var all) && all.ValueKind is JsonValueKind.True;
        return isAll == labels.Count > 0
            ? throw new ProblemException(Problem.Invalid(Shape.Root, """must say who is meant: either "all": true or "labels" with at least one"""))
            : (labels, Reason(body), Span(body, "forSeconds"));
    }

    public static string? Reason(JsonElement body) =>
        body.TryGetProperty("reason", out var reason) && reason.GetString() is { Length: > 0 } text
            ? Texts.Shorten(text, CommandRules.MaxReasonLength)
            : null;

    public static TimeSpan? Span(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null
            ? TimeSpan.FromSeconds(value.GetDouble())
            : null;

    public static async Task<JsonElement> RequiredAsync(HttpRequest request, int maxBytes) =>
        await JsonBody.ReadAsync(request, maxBytes)
        ?? throw new ProblemException(Problem.Invalid(Shape.Root, "must be a JSON object (it is empty)"));

    /// <param name="shape">What the body may look like.</param>
    /// <param name="body">The body.</param>
    /// <param name="together">Adds what is wrong with its members as they stand together.</param>
    public static void Check(Shape shape, JsonElement body, Action<JsonElement, FaultList>? together = null)
    {
        var faults = new FaultList();
        shape.Check(body, Shape.Root, faults);
        if (body.ValueKind is JsonValueKind.Object)
        {
            together?.Invoke(body, faults);
        }

        if (faults.Items.Count > 0)
        {
            throw new ProblemException(Problem.Invalid(faults.Items));
        }
    }
}
