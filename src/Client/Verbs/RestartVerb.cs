using OrleansHealing.Agents;
using OrleansHealing.Client.Connection;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Verbs;

/// <summary><c>restart</c>.</summary>
internal sealed class RestartVerb() : OrderVerb("restart", "Start agents anew now. No failure is counted.", CommandKind.Restart)
{
    protected override Task<int> GiveManyAsync(
        VerbContext context, FleetSession session, IReadOnlyDictionary<string, string> labels, AgentCommand command, CancellationToken cancellationToken) =>
        GiveEachAsync(context, session, labels, IsAtWork, command, cancellationToken);

    /// <summary>Whoever is done, stopped or paused is not meant by an order to many.</summary>
    private static bool IsAtWork(AgentStatus status) =>
        status is AgentStatus.Starting or AgentStatus.Healthy or AgentStatus.Stale or AgentStatus.BackingOff or AgentStatus.Restarting;

    /// <summary>Given twice it restarts twice.</summary>
    protected override Task<CommandResult> GiveAsync(FleetSession session, AgentId id, AgentCommand command, CancellationToken cancellationToken) =>
        session.OrderAsync(fleet => fleet.CommandAsync(id, command), cancellationToken);
}
