using System.Text.Json;
using Microsoft.AspNetCore.Http;
using OrleansHealing.Agents;
using OrleansHealing.Input;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Dashboard.Input;

/// <summary>An order to many agents.</summary>
/// <param name="Kind">What; null for a crash.</param>
/// <param name="Mode">How they crash, if they do.</param>
/// <param name="Ids">Who, each once.</param>
/// <param name="Reason">Why, if it was said.</param>
/// <param name="For">How long a pause lasts; null: until somebody ends it.</param>
internal sealed record BulkOrder(CommandKind? Kind, CrashMode Mode, IReadOnlyList<AgentId> Ids, string? Reason, TimeSpan? For)
{
    public const string Crash = "crash";

    private static readonly string[] Commands = [.. Enum.GetValues<CommandKind>().Select(k => k.ToWord()), Crash];

    private static readonly Shape Shape = Shape.Object(
        new("command", Shape.TextThat(text => Commands.Contains(text) ? null : $"must be one of {string.Join(", ", Commands)} (it is '{Texts.Shorten(text)}')"), IsRequired: true),
        new("ids", new IdList(), IsRequired: true),
        new("reason", Shape.TextThat(text => CommandRules.TooLong(text, CommandRules.MaxReasonLength))),
        new("forSeconds", Shape.OverZeroTo(CommandRules.MaxPause.TotalSeconds)),
        new("mode", Shape.TextThat(text => Words.TryParse<CrashMode>(text, out _) ? null : $"must be one of {Words.List<CrashMode>()} (it is '{Texts.Shorten(text)}')")));

    public static async Task<BulkOrder> ReadAsync(HttpRequest request, int maxBytes)
    {
        var body = await Bodies.RequiredAsync(request, maxBytes);
        Bodies.Check(Shape, body, CheckTogether);
        return new BulkOrder(
            Words.TryParse<CommandKind>(Text(body, "command"), out var kind) ? kind : null,
            Words.TryParse<CrashMode>(Text(body, "mode"), out var mode) ? mode : default,
            [.. body.GetProperty("ids").EnumerateArray().Select(id => AgentId.Parse(id.GetString()!))],
            Bodies.Reason(body),
            Bodies.Span(body, "forSeconds"));
    }

    /// <summary>What each command takes; the single routes refuse the rest as well.</summary>
    private static void CheckTogether(JsonElement body, FaultList faults)
    {
        if (faults.HasAt("command") || faults.HasAt(Shape.Root))
        {
            return;
        }

        var command = Text(body, "command");
        if (command is Crash && !IsGiven(body, "mode"))
        {
            faults.Add("mode", "is required of a crash");
        }

        foreach (var (name, isTaken) in new[] { ("mode", command is Crash), ("forSeconds", command is "pause"), ("reason", command is not Crash) })
        {
            if (!isTaken && IsGiven(body, name))
            {
                faults.Add(name, $"is not taken by {command}");
            }
        }
    }

    private static bool IsGiven(JsonElement body, string name) => body.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null;

    private static string? Text(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
