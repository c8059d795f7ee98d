using OrleansHealing.Client.Connection;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Verbs;

/// <summary><c>release</c>.</summary>
internal sealed class ReleaseVerb() : OrderVerb("release", "Let agents out of quarantine, their failures forgotten.", CommandKind.Release)
{
    protected override Task<int> GiveManyAsync(
        VerbContext context, FleetSession session, IReadOnlyDictionary<string, string> labels, AgentCommand command, CancellationToken cancellationToken) =>
        GiveEachAsync(context, session, labels, status => status is AgentStatus.Quarantined, command, cancellationToken);
}
