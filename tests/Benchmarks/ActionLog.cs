using System.Text.Json;

namespace OrleansHealing.Benchmarks;

/// <summary>What a benchmark takes from an action of the supervisor.</summary>
internal sealed record LoggedAction(DateTimeOffset At, string AgentId, string Action, long Incarnation, string Reason, string Details, double? DetectSeconds)
{
    /// <summary>When the failure was, as far as the supervisor knows: the deadline, where it was missed.</summary>
    public DateTimeOffset FailedAt => At - TimeSpan.FromSeconds(DetectSeconds ?? 0);

    /// <summary>The whole log, oldest first, straight from the store.</summary>
    public static async Task<IReadOnlyList<LoggedAction>> ReadAsync(Fleet fleet)
    {
        var items = await fleet.Store.GetDatabase().ListRangeAsync("healing:{0}:actions");
        return [.. items.Reverse().Select(i => Read(JsonSerializer.Deserialize<JsonElement>(i.ToString())))];
    }

    private static LoggedAction Read(JsonElement json) => new(
        json.GetProperty("at").GetDateTimeOffset(),
        json.GetProperty("agentId").GetString() ?? "(all)",
        json.GetProperty("action").GetString()!,
        json.GetProperty("incarnation").GetInt64(),
        json.GetProperty("reason").GetString()!,
        json.GetProperty("details").GetString()!,
        json.TryGetProperty("detectSeconds", out var detect) ? detect.GetDouble() : null);
}
