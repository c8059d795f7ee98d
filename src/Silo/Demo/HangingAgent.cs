using OrleansHealing.Agents;
using OrleansHealing.Supervision;

namespace OrleansHealing.Silo.Demo;

/// <summary>
/// A demo of what no exception tells: counts for a while, then waits for something that never comes, as a client without a
/// timeout does. Its grain goes on beating; the progress timeout notices.
/// </summary>
internal sealed class HangingAgent : IWorkerAgent
{
    public const string KindName = "demo-hanging";
    private const string HangAfter = "hangAfterSeconds";

    public static void Configure(AgentKindOptions kind)
    {
        kind.Settings.Add(new AgentSetting
        {
            Name = HangAfter,
            Type = AgentSettingType.Number,
            Description = "How long it gets on before it hangs, seconds; 15 by default.",
            Min = 0,
            Max = 86_400,
        });
        kind.Policy = new PolicySettings { ProgressTimeoutSeconds = 5, StableSeconds = 5 };
    }

    public async Task RunAsync(AgentContext context, CancellationToken cancellationToken)
    {
        var hangAfter = TimeSpan.FromSeconds(context.Settings.GetDouble(HangAfter, 15));
        var began = context.TimeProvider.GetTimestamp();
        var steps = await context.Checkpoints.LoadAsync<long>(cancellationToken);
        while (context.TimeProvider.GetElapsedTime(began) < hangAfter)
        {
            await context.Checkpoints.SaveAsync(++steps, cancellationToken);
            context.Beat(new { steps });
            await Task.Delay(TimeSpan.FromSeconds(1), context.TimeProvider, cancellationToken);
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, context.TimeProvider, cancellationToken);
    }
}
