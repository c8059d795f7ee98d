using OrleansHealing.Heartbeats;

namespace OrleansHealing.Tests.Heartbeats.Contract;

/// <summary>Counters of silences add up over silos, and no more are taken than there is room for.</summary>
public abstract partial class HeartbeatStoreContract
{
    [Fact]
    public async Task CountSilences_OfTwoSilos_AddUpSinceTheFirst()
    {
        await Store.CountSilencesAsync(0, new Dictionary<string, long> { ["gap:1000 a"] = 2, ["gap:1050 a"] = 1 }, ["a"], Now);
        await Store.CountSilencesAsync(0, new Dictionary<string, long> { ["gap:1000 a"] = 3, ["failed:silent b c"] = 1 }, ["a", "b c"], Now.AddSeconds(10));

        Assert.Equal(
            new Dictionary<string, long>
            {
                ["since a"] = Now.ToUnixTimeMilliseconds(),
                ["since b c"] = Now.AddSeconds(10).ToUnixTimeMilliseconds(),
                ["gap:1000 a"] = 5,
                ["gap:1050 a"] = 1,
                ["failed:silent b c"] = 1,
            },
            await Store.SilencesAsync(0));
        Assert.Equal(["a", "b c"], SilenceCounts.Read([await Store.SilencesAsync(0)]).Keys);
    }

    [Fact]
    public async Task CountSilences_WhereACountIsNoNumber_BeginsThatAnew()
    {
        await Store.CountSilencesAsync(0, new Dictionary<string, long> { ["gap:1000 a"] = 2, ["gap:1050 a"] = 1 }, ["a"], Now);
        await _fleet.Database.HashSetAsync(_fleet.Keys.Silences, "gap:1000 a", "many");

        await Store.CountSilencesAsync(0, new Dictionary<string, long> { ["gap:1000 a"] = 3, ["gap:1050 a"] = 3 }, ["a"], Now);

        var counts = await Store.SilencesAsync(0);
        Assert.Equal((3, 4), (counts["gap:1000 a"], counts["gap:1050 a"]));
    }

    [Fact]
    public async Task CountSilences_MoreThanThereIsRoomFor_LeavesOutTheNew()
    {
        for (var i = 0; i < 12; i++)
        {
            await Store.CountSilencesAsync(0, Enumerable.Range(i * 1_000, 1_000).ToDictionary(n => $"gap:{n} a", _ => 1L), ["a"], Now);
        }

        await Store.CountSilencesAsync(0, new Dictionary<string, long> { ["gap:0 a"] = 1 }, ["z"], Now);

        var counts = await Store.SilencesAsync(0);
        Assert.Equal(10_000, counts.Count);
        Assert.Equal(2, counts["gap:0 a"]);
        Assert.DoesNotContain("since z", counts.Keys);
    }
}
