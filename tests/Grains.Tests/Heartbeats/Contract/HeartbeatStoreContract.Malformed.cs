using StackExchange.Redis;

namespace OrleansHealing.Tests.Heartbeats.Contract;

/// <summary>What cannot be read is told alike by whichever silo is asked.</summary>
public abstract partial class HeartbeatStoreContract
{
    [Fact]
    public async Task CountMalformed_SeenByOneSilo_IsTheSameOnAnother()
    {
        await using var other = await TestStore.OpenAsync(await server.ConnectionStringAsync(), prefix: _fleet.Options.KeyPrefix);
        await _fleet.SpawnAsync(A);
        await _fleet.SpawnAsync(B);
        Assert.Equal(0, await other.Store.CountMalformedAsync(0));

        await BreakAsync(_fleet.Keys.States, "garbage");
        await BreakAsync(_fleet.Keys.Heartbeats, "garbage");
        await _fleet.Database.ListLeftPushAsync(_fleet.Keys.Actions, ["garbage", "other garbage"]);
        await _fleet.Database.HashSetAsync(_fleet.Keys.Silos, "S1", "garbage");
        for (var i = 0; i < 3; i++)
        {
            await _fleet.LoadAsync(A);
            await Store.ActionsAsync(0, null, 10);
            await Store.SilosAsync();
        }

        // The list is one place, however many of its entries are wrong.
        Assert.Equal(4, await other.Store.CountMalformedAsync(0));
        Assert.Equal(4, await Store.CountMalformedAsync(0));
        Assert.Equal(
            "it does not start with {\"v\":1,", await _fleet.Database.HashGetAsync(_fleet.Keys.Malformed, $"{_fleet.Keys.States} {A}"));
    }

    [Fact]
    public async Task CountMalformed_RecordsPutRight_AreForgottenUntilTheyBreakAgain()
    {
        await _fleet.SpawnAsync(A);
        await _fleet.SpawnAsync(B);
        var right = await _fleet.Database.HashGetAsync(_fleet.Keys.States, A.Value);
        var ofAnother = await _fleet.Database.HashGetAsync(_fleet.Keys.States, B.Value);
        await BreakAsync(_fleet.Keys.States, ofAnother);
        await BreakAsync(_fleet.Keys.Reports, "garbage");
        await BreakAsync(_fleet.Keys.Definitions, "garbage");
        await _fleet.LoadAsync(A);
        Assert.Equal(3, await Store.CountMalformedAsync(0));

        await BreakAsync(_fleet.Keys.States, right);
        await _fleet.Database.HashDeleteAsync(_fleet.Keys.Reports, A.Value);

        Assert.Equal(1, await Store.CountMalformedAsync(0));
        Assert.Equal([$"{_fleet.Keys.Definitions} {A}"], (await _fleet.Database.HashKeysAsync(_fleet.Keys.Malformed)).Select(f => f.ToString()));
        await BreakAsync(_fleet.Keys.States, ofAnother);
        await _fleet.LoadAsync(A);
        Assert.Equal(2, await Store.CountMalformedAsync(0));
    }

    /// <summary>What was taken out of the way is no record that waits to be put right, however it is spelt.</summary>
    [Fact]
    public async Task CountMalformed_MembersThatWereSetAside_AreNotAmongThem()
    {
        await _fleet.Database.SortedSetAddAsync(_fleet.Keys.Deadlines, [new("no member", 1), new("", 2)]);
        await Store.SetAsideAsync(0, "no member", "it is none");
        await Store.SetAsideAsync(0, "", "it is none");

        Assert.Equal(0, await Store.CountMalformedAsync(0));
        Assert.Equal(2, await _fleet.Database.HashLengthAsync(_fleet.Keys.Malformed));
    }

    [Fact]
    public async Task Note_ThousandThere_AddsNoMore()
    {
        await _fleet.SpawnAsync(A);
        await _fleet.Database.HashSetAsync(_fleet.Keys.Malformed, [.. Enumerable.Range(0, 1000).Select(i => new HashEntry($"member-{i}", "set aside"))]);

        await BreakAsync(_fleet.Keys.States, "garbage");
        await _fleet.LoadAsync(A);

        Assert.Equal(0, await Store.CountMalformedAsync(0));
        Assert.Equal(1000, await _fleet.Database.HashLengthAsync(_fleet.Keys.Malformed));
    }

    private Task<bool> BreakAsync(RedisKey key, RedisValue text) => _fleet.Database.HashSetAsync(key, A.Value, text);
}
