using Microsoft.Extensions.Logging;
using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;

namespace OrleansHealing.Backends.Docker;

/// <summary>Tells the end of an incarnation with its reason, and wakes the supervisor. Two or three round trips.</summary>
internal sealed partial class DockerExits(
    DockerEngine engine, IHeartbeatStore store, StoreClock clock, SupervisorNudge nudge, ILogger<DockerExits> logger) : IDockerExits
{
    // A first beat may come just while its end is told, and claims the incarnation.
    private const int MaxAttempts = 3;

    /// <inheritdoc/>
    public async Task TellAsync(AgentId agent, DockerNote note, DockerContainer container, CancellationToken cancellationToken)
    {
        var incarnation = note.Incarnation;
        string? lastWords = null;
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var snapshot = (await store.LoadAsync(agent.PartitionOf(store.Partitions), [agent]))[0];
            if (snapshot.State.Value is not { IsPromised: true } state || state.Incarnation != incarnation
                || snapshot.Definition.Value?.Kind is not DockerAgentExtensions.Kind || snapshot.CurrentReport is not null)
            {
                // Ended by order, told already, or nobody's.
                return;
            }

            lastWords ??= await engine.LastWordsAsync(container, DockerTime.Between(note.EndedBefore, container.StartedAt), cancellationToken);
            var report = DockerExit.Report(container, incarnation, snapshot.Claim is not null, lastWords, clock.Now);
            if (await store.ReportAsync(agent, report, snapshot.Claim, last: null))
            {
                nudge.Tell(agent);
                LogEnded(logger, agent, incarnation, report.Message);
                return;
            }
        }
    }

    [LoggerMessage(1270, LogLevel.Information, "Agent {AgentId}, incarnation {Incarnation}, has ended: {How}")]
    private static partial void LogEnded(ILogger logger, AgentId agentId, long incarnation, string how);
}
