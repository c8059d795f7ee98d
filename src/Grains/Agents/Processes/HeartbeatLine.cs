using System.Text;
using System.Text.Json;
using OrleansHealing.Input;
using OrleansHealing.Serialization;

namespace OrleansHealing.Agents.Processes;

/// <summary>
/// One line of a heartbeat pipe: what is sent to the heartbeat route, with the incarnation left out or right; an empty line says
/// only that the process got on. Pure.
/// </summary>
/// <param name="Progress">How far it is; null leaves what was shown last.</param>
/// <param name="ExpectedSilence">For how long it will not be heard of; null for no such word.</param>
internal sealed record HeartbeatLine(JsonText? Progress, TimeSpan? ExpectedSilence)
{
    /// <summary>No policy allows a longer one, and the fleet cuts it to the agent's own.</summary>
    private const double LongestSilenceSeconds = 7 * 86_400;

    /// <summary>Reads a line.</summary>
    /// <returns>What it says, or else what is wrong with it.</returns>
    public static (HeartbeatLine? Beat, string? Fault) Read(string line, long incarnation)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return (new HeartbeatLine(null, null), null);
        }

        var faults = new FaultList();
        if (JsonInput.Parse(Encoding.UTF8.GetBytes(line), new JsonDocumentOptions { MaxDepth = JsonInput.MaxDepth }, faults) is { } body)
        {
            Shapes.PipedHeartbeat.Check(body, Shape.Root, faults);
            if (faults.Items.Count is 0)
            {
                return body.TryGetProperty("incarnation", out var given) && given.ValueKind is JsonValueKind.Number && given.GetInt64() != incarnation
                    ? (null, $"it is of incarnation {given.GetInt64()}, and this is {incarnation}")
                    : (Of(body), null);
            }
        }

        return (null, string.Join("; ", faults.Items));
    }

    private static HeartbeatLine Of(JsonElement body) => new(
        body.TryGetProperty("progress", out var progress) && progress.ValueKind is not JsonValueKind.Null ? JsonText.FromElement(progress) : null,
        body.TryGetProperty("expectedSilenceSeconds", out var silence) && silence.ValueKind is not JsonValueKind.Null
            ? TimeSpan.FromSeconds(Math.Min(silence.GetDouble(), LongestSilenceSeconds))
            : null);
}
