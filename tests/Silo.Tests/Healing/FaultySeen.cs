using System.Globalization;
using System.Text.Json;

namespace OrleansHealing.Silo.Healing;

/// <summary>What tests look at of the faulty kinds.</summary>
internal static class FaultySeen
{
    /// <summary>The incarnation whose progress is shown.</summary>
    public static long Shown(this AgentSeen agent) => Number(agent, "incarnation");

    /// <summary>How far that is.</summary>
    public static long Steps(this AgentSeen agent) => Number(agent, "steps");

    /// <summary>The bodies that ignored their cancellation and have not ended.</summary>
    public static async Task<double> AbandonedAsync(this SiloCluster cluster) => Value(await cluster.MetricsAsync(), "healing_agent_abandoned");

    /// <summary>The last value of a metric; 0 when there is none.</summary>
    public static double Value(string? metrics, string name) =>
        metrics?.Split('\n').LastOrDefault(l => l.StartsWith(name, StringComparison.Ordinal)) is { } line
            ? double.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture)
            : 0;

    /// <summary>The incarnations of an agent's checkpoints.</summary>
    public static async Task<IReadOnlyList<long>> CheckpointsAsync(this SiloCluster cluster, string id) =>
        [.. (await cluster.GetAsync($"/agents/{id}")).GetProperty("checkpoints").EnumerateArray().Select(c => c.GetProperty("incarnation").GetInt64())];

    /// <summary>An agent's checkpoints, word for word.</summary>
    public static async Task<string> CheckpointListAsync(this SiloCluster cluster, string id) =>
        (await cluster.GetAsync($"/agents/{id}")).GetProperty("checkpoints").GetRawText();

    /// <summary>It never failed and was never replaced.</summary>
    public static async Task IsUntouchedAsync(this SiloCluster cluster, string id)
    {
        var agent = await cluster.AgentAsync(id);
        Assert.Equal(("healthy", 1L, 0, null), (agent.Status, agent.Incarnation, agent.Failures, agent.LastReason));
    }

    private static long Number(AgentSeen agent, string name) =>
        agent.Progress is { ValueKind: JsonValueKind.Object } progress && progress.TryGetProperty(name, out var number) ? number.GetInt64() : 0;
}
