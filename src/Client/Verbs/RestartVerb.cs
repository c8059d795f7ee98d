using OrleansHealing.Agents;
using OrleansHealing.Client.Connection;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Verbs;

/// <summary><c>restart</c>.</summary>
internal sealed class RestartVerb() : OrderVerb("restart", "Start agents anew now. No failure is counted.", CommandKind.Restart)
{
    /// <summary>Given twice it restarts twice.</summary>
    protected override Task<CommandResult> GiveAsync(FleetSession session, AgentId id, AgentCommand command, CancellationToken cancellationToken) =>
        session.OrderAsync(fleet => fleet.CommandAsync(id, command), cancellationToken);
}
