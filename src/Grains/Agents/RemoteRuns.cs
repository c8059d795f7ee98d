using System.Collections.Concurrent;

namespace OrleansHealing.Agents;

/// <summary>
/// The runs on this silo whose work is done outside of its process. What is said of them over HTTP finds them by this, also while
/// their grain is on its way to another silo and takes no call.
/// </summary>
internal sealed class RemoteRuns
{
    private readonly ConcurrentDictionary<(AgentId Id, long Incarnation), AgentRun> _runs = new();

    public AgentRun? Find(AgentId id, long incarnation) => _runs.GetValueOrDefault((id, incarnation));

    public IReadOnlyCollection<AgentRun> All => [.. _runs.Values];

    public void Add(AgentRun run) => _runs[(run.Id, run.Incarnation)] = run;

    public void Remove(AgentRun run) => _runs.TryRemove(KeyValuePair.Create((run.Id, run.Incarnation), run));
}
