using System.CommandLine;
using OrleansHealing.Agents;
using OrleansHealing.Client.Connection;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Verbs;

/// <summary><c>stop</c>: stop and forget. It asks whoever sits there; a script, which nobody can answer for, has to say that it means it.</summary>
internal sealed class StopVerb : OrderVerb
{
    private readonly Option<bool> _yes = new("--yes", "-y") { Description = "Do not ask." };

    public StopVerb()
        : base("stop", "Stop agents and forget them, checkpoints included.", CommandKind.Remove, takesMany: false)
    {
        Add(_yes);
    }

    protected override async Task<bool> ConfirmAsync(VerbContext context, IReadOnlyList<AgentId> ids, CancellationToken cancellationToken) =>
        context.Arguments.GetValue(_yes)
        || (context.Output.CanAsk
            ? await context.Output.ConfirmAsync($"Stop and forget {string.Join(", ", ids)}, checkpoints included?", cancellationToken)
            : throw new VerbFailure(ExitCodes.Usage, "stop also deletes checkpoints, and nobody can be asked here: say so with --yes (-y). Nothing was done."));

    /// <summary>Given again after a lost answer, "not there" means that the first one was carried out.</summary>
    protected override async Task<CommandResult> GiveAsync(FleetSession session, AgentId id, AgentCommand command, CancellationToken cancellationToken)
    {
        var tries = 0;
        var result = await session.RepeatableOrderAsync(
            fleet =>
            {
                tries++;
                return fleet.CommandAsync(id, command);
            },
            cancellationToken);
        return tries > 1 && result.Outcome is CommandOutcome.NotFound ? CommandResult.Done("Stopped and forgotten.") : result;
    }
}
