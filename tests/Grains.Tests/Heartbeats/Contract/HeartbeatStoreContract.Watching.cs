using OrleansHealing.Fleet;
using OrleansHealing.Heartbeats;

namespace OrleansHealing.Tests.Heartbeats.Contract;

/// <summary>What pages watch.</summary>
public abstract partial class HeartbeatStoreContract
{
    [Fact]
    public async Task AllDeadlines_OfBeatingAgents_AreThereAndRubbishIsNot()
    {
        await _fleet.SpawnAsync(A);
        await _fleet.SpawnAsync(B);
        Assert.True(await _fleet.BeatAsync(A, 1, Now.AddSeconds(30)));
        await _fleet.Database.SortedSetAddAsync(_fleet.Keys.Deadlines, "rubbish", 1);

        var all = await Store.AllDeadlinesAsync(0);

        Assert.Equal([(A, 1L, Now.AddSeconds(30)), (B, 1L, Now.AddSeconds(5))], all.OrderBy(d => d.Id));
    }

    [Fact]
    public async Task Beats_Accepted_AreCountedAndFencedOnesAreNot()
    {
        await _fleet.SpawnAsync(A);
        await Store.BeatAsync(0, [new BeatEntry(A, 1, Now.AddSeconds(30).ToUnixTimeMilliseconds(), null), new BeatEntry(B, 1, Now.AddSeconds(30).ToUnixTimeMilliseconds(), null)]);
        Assert.True(await _fleet.BeatAsync(A, 1, Now.AddSeconds(31), withRecord: true));

        Assert.Equal(2, (await Store.CountersAsync(0)).Beats);
    }

    [Fact]
    public async Task Samples_Added_AreNewestFirst()
    {
        static FleetSample At(int seconds) => new()
        {
            At = Now.AddSeconds(seconds),
            Seconds = 10,
            ByStatus = new Dictionary<string, long> { ["healthy"] = seconds },
            Failures = 1,
            Restarts = 2,
            Recover = new SampledTimes(2, 0.5, 0.75),
        };
        await Store.AddSampleAsync(0, 1, At(10));
        await Store.AddSampleAsync(0, 1, At(20));

        var samples = await Store.SamplesAsync(0, 10);

        Assert.Equal([20L, 10L], samples.Select(s => s.ByStatus["healthy"]));
        Assert.Equal((At(20).At, 10.0, 1L, 2L, null, new SampledTimes(2, 0.5, 0.75)), (samples[0].At, samples[0].Seconds, samples[0].Failures, samples[0].Restarts, samples[0].Beats, samples[0].Recover));
        Assert.Single(await Store.SamplesAsync(0, 1));
    }
}
