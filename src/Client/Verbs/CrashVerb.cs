using System.CommandLine;
using OrleansHealing.Agents;
using OrleansHealing.Client.Connection;
using OrleansHealing.Client.Output;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Verbs;

/// <summary><c>crash</c>: forces a failure, to see the agent heal.</summary>
internal sealed class CrashVerb : Verb
{
    private readonly Argument<AgentId[]> _ids = VerbOptions.Ids();
    private readonly Option<CrashMode> _mode = VerbOptions.Word<CrashMode>("--mode", "-m", "How it fails (exception).");

    public CrashVerb()
        : base("crash", "Force a failure on running agents and see them heal.")
    {
        Add(_ids);
        Add(_mode);
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var mode = context.Arguments.GetValue(_mode);
        await using var session = await context.ConnectAsync(cancellationToken);
        return await Orders.RunAsync(
            context,
            session,
            context.Arguments.GetRequiredValue(_ids),
            id => CrashAsync(context, session, id, mode, cancellationToken),
            cancellationToken);
    }

    /// <summary>A person is told how to wait for what comes of it: until it is noticed, the old incarnation counts as healthy.</summary>
    private static async Task<CommandResult> CrashAsync(VerbContext context, FleetSession session, AgentId id, CrashMode mode, CancellationToken cancellationToken)
    {
        var result = await session.OrderAsync(fleet => fleet.CrashAsync(id, mode, VerbContext.Actor), cancellationToken);
        return context.Format is OutputFormat.Table && result is { Outcome: CommandOutcome.Ok, Incarnation: { } crashed }
            && (mode is not (CrashMode.Hang or CrashMode.Block) || await IsMissedAsync(session, id, cancellationToken))
            ? result with { Message = $"{result.Message} Wait with: healing wait {id} --incarnation {crashed + 1}" }
            : result;
    }

    /// <summary>Whether somebody notices that the body gets on no more: its grain goes on beating.</summary>
    private static async Task<bool> IsMissedAsync(FleetSession session, AgentId id, CancellationToken cancellationToken) =>
        (await session.ReadAsync(fleet => fleet.DescribeAsync(id), cancellationToken))?.Policy?.ProgressTimeout is not null;
}
