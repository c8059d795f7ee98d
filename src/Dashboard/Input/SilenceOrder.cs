using System.Text.Json;
using Microsoft.AspNetCore.Http;
using OrleansHealing.Agents;
using OrleansHealing.Alerts;
using OrleansHealing.Input;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Dashboard.Input;

/// <summary>The body that begins a silence of alerts. That it is for all of them has to be said.</summary>
internal static class SilenceOrder
{
    private static readonly Shape Shape = Shape.Object(
        new("forSeconds", Shape.OverZeroTo(AlertSilenceCommand.MaxFor.TotalSeconds), IsRequired: true),
        new("agent", Shape.TextThat(text => AgentId.TryParse(text, out _) ? null : $"{AgentId.Rule} (it is '{Texts.Shorten(text)}')")),
        new("condition", Shape.TextThat(text => Words.TryParse<AlertCondition>(text, out _) ? null : $"must be one of {Words.List<AlertCondition>()} (it is '{Texts.Shorten(text)}')")),
        new("labels", Shape.MapOf(Shape.Text)),
        new("all", Shape.True),
        new("reason", Shape.TextThat(text => CommandRules.TooLong(text, CommandRules.MaxReasonLength))));

    public static async Task<AlertSilenceCommand> ReadAsync(HttpRequest request, int maxBytes, string actor)
    {
        var body = await Bodies.RequiredAsync(request, maxBytes);
        Bodies.Check(Shape, body, CheckTogether);
        return new AlertSilenceCommand(
            Labels(body),
            actor,
            TimeSpan.FromSeconds(body.GetProperty("forSeconds").GetDouble()),
            AgentId.TryParse(Text(body, "agent"), out var agent) ? agent : null,
            Words.TryParse<AlertCondition>(Text(body, "condition"), out var condition) ? condition : null,
            Bodies.Reason(body));
    }

    private static void CheckTogether(JsonElement body, FaultList faults)
    {
        if (faults.Items.Count > 0)
        {
            return;
        }

        var isScoped = Text(body, "agent") is not null || Text(body, "condition") is not null || Labels(body).Count > 0;
        var isAll = body.TryGetProperty("all", out var all) && all.ValueKind is JsonValueKind.True;
        if (isAll == isScoped)
        {
            faults.Add(Shape.Root, """must say what is meant: either "all": true, or "agent", "condition" or "labels" """.TrimEnd());
        }
    }

    private static Dictionary<string, string> Labels(JsonElement body) =>
        body.TryGetProperty("labels", out var given) && given.ValueKind is JsonValueKind.Object
            ? given.EnumerateObject().Where(l => l.Value.ValueKind is JsonValueKind.String).ToDictionary(l => l.Name, l => l.Value.GetString()!, StringComparer.Ordinal)
            : [];

    private static string? Text(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
