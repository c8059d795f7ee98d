using OrleansHealing.Fleet;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Supervision;

public sealed class FleetSamplerTests
{
    private static readonly Dictionary<AgentStatus, long> Counts = new() { [AgentStatus.Healthy] = 3, [AgentStatus.Paused] = 0 };

    [Fact]
    public void IsDue_TenSecondsAfterItWasAskedFirst_AndThenAgain()
    {
        var sampler = new FleetSampler();
        Assert.False(sampler.IsDue(TimeSpan.FromSeconds(100)));
        Assert.False(sampler.IsDue(TimeSpan.FromSeconds(109.9)));
        Assert.True(sampler.IsDue(TimeSpan.FromSeconds(110)));

        sampler.Take(Given.Now, TimeSpan.FromSeconds(111), Counts, 0);

        Assert.False(sampler.IsDue(TimeSpan.FromSeconds(120.9)));
        Assert.True(sampler.IsDue(TimeSpan.FromSeconds(121)));
    }

    [Fact]
    public void Take_AfterDecisions_SumsThemUpAndBeginsAnew()
    {
        var sampler = new FleetSampler();
        sampler.IsDue(TimeSpan.Zero);
        var crashed = SupervisorDecision.Judge(Given.Alive().Told(FailureReason.Crashed, Given.Now.AddSeconds(-2)), Given.Policy, Given.At(Given.Now))!;
        sampler.Note(crashed);
        sampler.Note(crashed with { Actions = [], RecoveredAfter = TimeSpan.FromSeconds(1) });
        sampler.Note(crashed with { Actions = [], RecoveredAfter = TimeSpan.FromSeconds(3) });

        var first = sampler.Take(Given.Now, TimeSpan.FromSeconds(10), Counts, 500);
        var second = sampler.Take(Given.Now.AddSeconds(10), TimeSpan.FromSeconds(20), Counts, 620);
        var afterAWipe = sampler.Take(Given.Now.AddSeconds(20), TimeSpan.FromSeconds(30), Counts, 5);

        Assert.Equal((1L, 1L, 10.0), (first.Failures, first.Restarts, first.Seconds));
        Assert.Equal((new SampledTimes(1, 2, 2), new SampledTimes(2, 2, 3)), (first.Detect, first.Recover));
        Assert.Equal(new KeyValuePair<string, long>("healthy", 3), Assert.Single(first.ByStatus));
        Assert.Equal((null, 120L, null), (first.Beats, second.Beats, afterAWipe.Beats));
        Assert.Equal((0L, 0L, null, null), (second.Failures, second.Restarts, second.Detect, second.Recover));
    }

    [Fact]
    public void Merge_OfPartitions_AddsUpWhatEndedTogether()
    {
        var at = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
        FleetSample Of(double seconds, long failures, SampledTimes? recover) => new()
        {
            At = at.AddSeconds(seconds),
            Seconds = 10,
            ByStatus = new Dictionary<string, long> { ["healthy"] = failures },
            Failures = failures,
            Restarts = 0,
            Beats = 7,
            Recover = recover,
        };

        var merged = FleetHistory.Merge([[Of(11, 1, null), Of(1, 2, new(1, 4, 4))], [Of(3, 3, new(3, 2, 5))]]);

        Assert.Equal([(3.0, 5L, 14L), (11.0, 1L, 7L)], merged.Select(s => ((s.At - at).TotalSeconds, s.Failures, s.Beats ?? 0)));
        Assert.Equal((new SampledTimes(4, 2.5, 5), null), (merged[0].Recover, merged[1].Recover));
        Assert.Equal(5, merged[0].ByStatus["healthy"]);
    }
}
