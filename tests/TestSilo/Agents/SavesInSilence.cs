using OrleansHealing.Agents;

namespace OrleansHealing.TestSilo.Agents;

/// <summary>
/// Announces silence for the time in <c>silenceSeconds</c>, saves a checkpoint in the middle of it, and stays silent for the time
/// in <c>quietSeconds</c> altogether.
/// </summary>
internal sealed class SavesInSilence : FaultyAgent
{
    public const string SilenceSeconds = "silenceSeconds";
    public const string QuietSeconds = "quietSeconds";

    protected override async Task FailAsync(AgentContext context, CancellationToken cancellationToken)
    {
        var quiet = TimeSpan.FromSeconds(context.Settings.GetDouble(QuietSeconds, 1));
        using (context.ExpectSilence(TimeSpan.FromSeconds(context.Settings.GetDouble(SilenceSeconds, 1))))
        {
            await Task.Delay(quiet / 2, context.TimeProvider, cancellationToken);
            await context.Checkpoints.SaveAsync(context.Incarnation, cancellationToken);
            await Task.Delay(quiet / 2, context.TimeProvider, cancellationToken);
        }
    }
}
