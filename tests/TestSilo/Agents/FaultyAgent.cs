using OrleansHealing.Agents;

namespace OrleansHealing.TestSilo.Agents;

/// <summary>
/// Works a little, then does what no agent should, up to some incarnation; later ones work on without a fault. Its progress says
/// which incarnation it is of, so that a test sees whose is shown.
/// </summary>
internal abstract class FaultyAgent : IWorkerAgent
{
    /// <summary>The setting that says which incarnation is the last that has the fault; 1 by default.</summary>
    public const string UntilIncarnation = "untilIncarnation";

    /// <summary>The setting that says for how long it works before it fails; 1 s by default.</summary>
    public const string AfterSeconds = "afterSeconds";

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    public async Task RunAsync(AgentContext context, CancellationToken cancellationToken)
    {
        var isFaulty = context.Incarnation <= context.Settings.GetInt64(UntilIncarnation, 1);
        if (isFaulty)
        {
            using var soon = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            soon.CancelAfter(TimeSpan.FromSeconds(context.Settings.GetDouble(AfterSeconds, 1)));
            try
            {
                await WorkAsync(context, soon.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Long enough.
            }

            await FailAsync(context, cancellationToken);
        }

        await WorkAsync(context, cancellationToken);
    }

    /// <summary>The fault. When it returns, the agent works on.</summary>
    protected abstract Task FailAsync(AgentContext context, CancellationToken cancellationToken);

    /// <summary>Gets on, step by step, until it is cancelled.</summary>
    protected static async Task WorkAsync(AgentContext context, CancellationToken cancellationToken)
    {
        for (var steps = 1; ; steps++)
        {
            context.Beat(new { incarnation = context.Incarnation, steps });
            await Task.Delay(Step, context.TimeProvider, cancellationToken);
        }
    }
}
