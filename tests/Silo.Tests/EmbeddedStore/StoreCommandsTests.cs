using StackExchange.Redis;

namespace OrleansHealing.Silo.EmbeddedStore;

/// <summary>What the healing store asks of Redis, asked of the embedded one.</summary>
public sealed class StoreCommandsTests(StoreSandbox sandbox) : IClassFixture<StoreSandbox>
{
    [Fact]
    public async Task Script_FenceHashScoreAndList_WorksInOne()
    {
        var database = (await sandbox.ConnectAsync(await sandbox.EnsureAsync())).GetDatabase();
        await database.SortedSetAddAsync("script:deadlines", "a#1", 1);
        const string Script = """
            local moved = redis.call('ZADD', KEYS[1], 'XX', 'CH', ARGV[1], 'a#1')
            local fenced = redis.call('ZADD', KEYS[1], 'XX', 'CH', ARGV[1], 'a#0')
            redis.call('HSET', KEYS[2], 'a', cjson.encode({ at = ARGV[1] }))
            local at = cjson.decode(redis.call('HGET', KEYS[2], 'a')).at
            for i = 1, 5 do redis.call('LPUSH', KEYS[3], i) end
            redis.call('LTRIM', KEYS[3], 0, 2)
            return { moved, fenced, redis.call('ZSCORE', KEYS[1], 'a#1'), at, redis.call('LLEN', KEYS[3]), redis.call('TIME')[1] }
            """;

        var reply = (RedisResult[])(await database.ScriptEvaluateAsync(Script, ["script:deadlines", "script:states", "script:actions"], [42]))!;

        Assert.Equal(["1", "0", "42", "42", "3"], reply[..5].Select(part => (string?)part));
        Assert.True((long)reply[5] > 1_700_000_000);
    }

    [Fact]
    public async Task Transaction_ManyKeys_IsAppliedWhole()
    {
        var database = (await sandbox.ConnectAsync(await sandbox.EnsureAsync())).GetDatabase();
        var transaction = database.CreateTransaction();
        transaction.AddCondition(Condition.HashNotExists("states", "a"));
        _ = transaction.HashSetAsync("states", "a", "1");
        _ = transaction.SortedSetAddAsync("deadlines", "a#1", 1);

        Assert.True(await transaction.ExecuteAsync());
        Assert.Equal(1, await database.SortedSetScoreAsync("deadlines", "a#1"));
    }

    [Fact]
    public async Task Subscribe_Published_IsHeard()
    {
        var subscriber = (await sandbox.ConnectAsync(await sandbox.EnsureAsync())).GetSubscriber();
        var queue = await subscriber.SubscribeAsync(RedisChannel.Literal("healing:events"));

        await subscriber.PublishAsync(RedisChannel.Literal("healing:events"), "restarted");

        Assert.Equal("restarted", (string?)(await queue.ReadAsync(TestContext.Current.CancellationToken)).Message);
    }
}
