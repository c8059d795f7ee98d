using OrleansHealing.Client.Connection;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Verbs;

/// <summary><c>resume</c>. By label or for the whole fleet it ends the standing order; agents with a pause of their own stay paused.</summary>
internal sealed class ResumeVerb() : OrderVerb("resume", "End the pause of agents, or the standing one of a label or the fleet.", CommandKind.Resume)
{
    protected override Task<int> GiveManyAsync(
        VerbContext context, FleetSession session, IReadOnlyDictionary<string, string> labels, AgentCommand command, CancellationToken cancellationToken) =>
        StandAsync(context, session, labels, command, cancellationToken);
}
