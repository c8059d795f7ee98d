using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;
using StackExchange.Redis;

namespace OrleansHealing.Benchmarks;

/// <summary>Agents that are written into the store as commits and claims would have left them, since a million of those take a while.</summary>
internal static class StoredAgents
{
    private const int Chunk = 1000;
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Those that something outside the cluster runs, healthy and with a day until they would have to be heard of.</summary>
    public static async Task WriteQuietAsync(IDatabase database, int agents)
    {
        var now = DateTimeOffset.UtcNow;
        var policy = new PolicySettings { TimeoutSeconds = Day.TotalSeconds, HeartbeatSeconds = 60 };
        var beat = RecordCodec.Write(
            new Heartbeat { Incarnation = 1, Sequence = 1, At = now, PromiseSeconds = Day.TotalSeconds, Host = ExternalBeats.Host }, StoreJson.Default.Heartbeat);
        await database.SetAddAsync(Keys.Hosts, ExternalBeats.Host);
        foreach (var ids in Ids("quiet-", agents))
        {
            await WriteAsync(database, ids, ExternalAgentExtensions.Kind, policy, AgentStatus.Healthy, now);
            await Task.WhenAll(
                database.HashSetAsync(Keys.Heartbeats, Array.ConvertAll(ids, id => new HashEntry(id.Value, beat))),
                database.HashSetAsync(Keys.Claims, Array.ConvertAll(ids, id => new HashEntry(StoreKeys.Member(id, 1), StoreKeys.Claim(ExternalBeats.Host, "quiet")))),
                database.SetAddAsync(Keys.ClaimsOf(ExternalBeats.Host), Array.ConvertAll(ids, id => (RedisValue)StoreKeys.Member(id, 1))),
                database.SortedSetAddAsync(
                    Keys.Deadlines, Array.ConvertAll(ids, id => new SortedSetEntry(StoreKeys.Member(id, 1), (now + Day).ToUnixTimeMilliseconds()))));
        }
    }

    /// <summary>Idle ones whose wait for a restart is over, so that the supervisor starts them: they are at work sooner than by as many requests.</summary>
    public static async Task WriteWaitingAsync(IDatabase database, int agents, TimeSpan heartbeat)
    {
        var now = DateTimeOffset.UtcNow;
        var policy = new PolicySettings { HeartbeatSeconds = heartbeat.TotalSeconds, TimeoutSeconds = 5 * heartbeat.TotalSeconds };
        foreach (var ids in Ids("w", agents))
        {
            await WriteAsync(database, ids, "idle", policy, AgentStatus.BackingOff, now);
            await database.SortedSetAddAsync(Keys.Restarts, Array.ConvertAll(ids, id => new SortedSetEntry(id.Value, now.ToUnixTimeMilliseconds())));
        }
    }

    private static StoreKeys Keys { get; } = new(new HealingOptions().KeyPrefix, 0);

    private static IEnumerable<AgentId[]> Ids(string prefix, int agents) =>
        Enumerable.Range(0, agents).Select(i => AgentId.Parse($"{prefix}{i:0000000}")).Chunk(Chunk);

    private static Task WriteAsync(IDatabase database, AgentId[] ids, string kind, PolicySettings policy, AgentStatus status, DateTimeOffset now) => Task.WhenAll(
        database.HashSetAsync(Keys.Definitions, Array.ConvertAll(ids, id => new HashEntry(id.Value, RecordCodec.Write(
            new AgentDefinition { Id = id, Kind = kind, Policy = policy }, StoreJson.Default.AgentDefinition)))),
        database.HashSetAsync(Keys.States, Array.ConvertAll(ids, id => new HashEntry(id.Value, RecordCodec.Write(
            new HealthState
            {
                AgentId = id,
                Status = status,
                Incarnation = 1,
                FirstIncarnation = 1,
                Since = now,
                NextRestartAt = status is AgentStatus.BackingOff ? now : null,
                Desired = new DesiredState { Mode = DesiredMode.Run, Actor = "benchmark", At = now },
            },
            StoreJson.Default.HealthState)))),
        database.SortedSetAddAsync(Keys.ByStatus(status), Array.ConvertAll(ids, id => new SortedSetEntry(id.Value, 0))));
}
