using StackExchange.Redis;

namespace OrleansHealing.Silo.Healing;

/// <summary>A hand in the store: whatever it writes under any key while the fleet runs, bodies run on, and supervision goes on.</summary>
public sealed class CorruptionTests
{
    private const string Garbage = "{\"v\":1,\"what\":";

    [Fact(Explicit = true)]
    public async Task GarbageUnderEveryKey_BodiesGoOnAndACrashIsHealed()
    {
        await using var cluster = await SiloCluster.StartAsync(StoreKind.Redis, silos: 2);
        var text = TextFile.Create(cluster.Root, bytes: 3_000_000, seed: 24);
        await cluster.SpawnReadersAsync(6, text.Path, linesPerSecond: 100, checkpointEvery: 25);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(cluster.StoreConnection);
        var database = connection.GetDatabase();
        await using (var witness = new Witness(cluster))
        {
            foreach (var key in await KeysAsync(connection))
            {
                await GarbleAsync(database, key);
            }

            await Eventually.SeeAsync("6 healthy agents", cluster.AgentsAsync, all => all.Count(a => a.Status == "healthy") == 6);
            var after = await cluster.GetOnAsync();
            Assert.All(after, a => Assert.Equal("healthy", a.Status));

            await cluster.PostAsync("/agents/agent-01/crash", new { mode = "exception" });
            await cluster.SeeAgentAsync("agent-01", "to be healed", a => a.Status == "healthy" && a.Incarnation > after[1].Incarnation);
            await witness.SawNothingWrongAsync();
        }
    }

    /// <summary>Something of the right type that cannot be read, in each of its places; definitions are left, since nothing else says what an agent is.</summary>
    private static async Task GarbleAsync(IDatabase database, RedisKey key)
    {
        var name = key.ToString();
        switch (await database.KeyTypeAsync(key))
        {
            case RedisType.Hash when name.EndsWith(":definitions", StringComparison.Ordinal):
                break;
            case RedisType.Hash:
                await database.HashSetAsync(key, [.. (await database.HashKeysAsync(key)).Select(field => new HashEntry(field, Garbage))]);
                break;
            case RedisType.SortedSet:
                await database.SortedSetAddAsync(key, Garbage, 1);
                break;
            case RedisType.Set:
                await database.SetAddAsync(key, Garbage);
                break;
            case RedisType.List:
                await database.ListLeftPushAsync(key, Garbage);
                break;
            case RedisType.String:
                await database.StringSetAsync(key, Garbage);
                break;
        }
    }

    private static async Task<List<RedisKey>> KeysAsync(ConnectionMultiplexer connection)
    {
        var keys = new List<RedisKey>();
        await foreach (var key in connection.GetServers()[0].KeysAsync(pattern: "*"))
        {
            keys.Add(key);
        }

        return keys;
    }
}
