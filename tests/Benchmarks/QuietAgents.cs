using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;
using StackExchange.Redis;

namespace OrleansHealing.Benchmarks;

/// <summary>
/// Agents that something outside the cluster runs, healthy and with a day until they would have to be heard of. They are written into the
/// store as commits and claims would have left them, since a million of those take a while.
/// </summary>
internal static class QuietAgents
{
    private const int Chunk = 1000;
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public static async Task WriteAsync(IDatabase database, int agents)
    {
        var keys = new StoreKeys(new HealingOptions().KeyPrefix, 0);
        var now = DateTimeOffset.UtcNow;
        await database.SetAddAsync(keys.Hosts, ExternalBeats.Host);
        for (var from = 0; from < agents; from += Chunk)
        {
            var ids = Enumerable.Range(from, Math.Min(Chunk, agents - from)).Select(i => AgentId.Parse($"quiet-{i:0000000}")).ToArray();
            await Task.WhenAll(
                database.HashSetAsync(keys.Definitions, Array.ConvertAll(ids, id => Entry(id, RecordCodec.Write(Define(id), StoreJson.Default.AgentDefinition)))),
                database.HashSetAsync(keys.Heartbeats, Array.ConvertAll(ids, id => Entry(id, RecordCodec.Write(Beat(now), StoreJson.Default.Heartbeat)))),
                database.HashSetAsync(keys.States, Array.ConvertAll(ids, id => Entry(id, RecordCodec.Write(State(id, now), StoreJson.Default.HealthState)))),
                database.HashSetAsync(keys.Claims, Array.ConvertAll(ids, id => new HashEntry(StoreKeys.Member(id, 1), StoreKeys.Claim(ExternalBeats.Host, "quiet")))),
                database.SetAddAsync(keys.ClaimsOf(ExternalBeats.Host), Array.ConvertAll(ids, id => (RedisValue)StoreKeys.Member(id, 1))),
                database.SortedSetAddAsync(keys.ByStatus(AgentStatus.Healthy), Array.ConvertAll(ids, id => new SortedSetEntry(id.Value, 0))),
                database.SortedSetAddAsync(
                    keys.Deadlines, Array.ConvertAll(ids, id => new SortedSetEntry(StoreKeys.Member(id, 1), (now + Day).ToUnixTimeMilliseconds()))));
        }
    }

    private static HashEntry Entry(AgentId id, string record) => new(id.Value, record);

    private static AgentDefinition Define(AgentId id) => new()
    {
        Id = id,
        Kind = ExternalAgentExtensions.Kind,
        Policy = new PolicySettings { TimeoutSeconds = Day.TotalSeconds, HeartbeatSeconds = 60 },
    };

    private static Heartbeat Beat(DateTimeOffset now) =>
        new() { Incarnation = 1, Sequence = 1, At = now, PromiseSeconds = Day.TotalSeconds, Host = ExternalBeats.Host };

    private static HealthState State(AgentId id, DateTimeOffset now) => new()
    {
        AgentId = id,
        Status = AgentStatus.Healthy,
        Incarnation = 1,
        FirstIncarnation = 1,
        Since = now,
        Desired = new DesiredState { Mode = DesiredMode.Run, Actor = "benchmark", At = now },
    };
}
