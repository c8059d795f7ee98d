using OrleansHealing.Agents;

namespace OrleansHealing.Heartbeats;

/// <summary>Who is due to be looked at, and when the next one will be.</summary>
/// <param name="Ids">Agents with a missed deadline, a restart or a look that is due; each once.</param>
/// <param name="Scheduled">Those of them that are due for a restart or a look.</param>
/// <param name="NextAt">The earliest moment at which another one falls due; null when nothing is in sight.</param>
/// <param name="HasMore">Whether the limit cut the answer.</param>
/// <param name="Orphans">Due members that no id can be read from.</param>
internal sealed record DueAgents(
    IReadOnlyList<AgentId> Ids, IReadOnlySet<AgentId> Scheduled, DateTimeOffset? NextAt, bool HasMore, IReadOnlyList<string> Orphans);
