using System.CommandLine;
using OrleansHealing.Agents;

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
            id => session.OrderAsync(fleet => fleet.CrashAsync(id, mode, VerbContext.Actor), cancellationToken),
            cancellationToken);
    }
}
