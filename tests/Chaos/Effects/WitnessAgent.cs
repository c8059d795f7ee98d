using OrleansHealing.Agents;
using OrleansHealing.Supervision;

namespace OrleansHealing.Chaos.Effects;

/// <summary>
/// An agent that is always at work and leaves a trace of each step outside the store, so that a second body of it cannot hide
/// behind the fence that keeps it out of the store.
/// </summary>
internal sealed class WitnessAgent : IWorkerAgent
{
    public const string KindName = "witness";

    private const string DirectoryName = "directory";
    private const int StepsToACheckpoint = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public static void Configure(AgentKindOptions kind)
    {
        kind.Settings.Add(new AgentSetting
        {
            Name = DirectoryName,
            Type = AgentSettingType.Text,
            IsRequired = true,
            Description = "Where its traces go.",
        });
        kind.Policy = new PolicySettings { ProgressTimeoutSeconds = 8 };
    }

    public async Task RunAsync(AgentContext context, CancellationToken cancellationToken)
    {
        using var effects = new EffectFile(context.Settings.GetString(DirectoryName)!, context.Id.Value, context.Incarnation);
        var step = await context.Checkpoints.LoadAsync<long>(cancellationToken);
        effects.Write(EffectKind.Loaded, step);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            effects.Write(EffectKind.Step, ++step);
            context.Beat(new { step });
            if (step % StepsToACheckpoint == 0)
            {
                await context.Checkpoints.SaveAsync(step, cancellationToken);
                effects.Write(EffectKind.Saved, step);
            }

            await Task.Delay(Pause, context.TimeProvider, cancellationToken);
        }
    }
}
