using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;
using StackExchange.Redis;

namespace OrleansHealing.Benchmarks;

/// <summary>
/// Idle agents whose wait for a restart is over. They are written into the store as a commit would have left them, and the supervisor starts
/// them: a million of them are at work sooner than by as many requests.
/// </summary>
internal static class WaitingAgents
{
    private const int Chunk = 1000;

    public static async Task WriteAsync(IDatabase database, int agents, TimeSpan heartbeat)
    {
        var keys = new StoreKeys(new HealingOptions().KeyPrefix, 0);
        var now = DateTimeOffset.UtcNow;
        var policy = new PolicySettings { HeartbeatSeconds = heartbeat.TotalSeconds, TimeoutSeconds = 5 * heartbeat.TotalSeconds };
        for (var from = 0; from < agents; from += Chunk)
        {
            var ids = Enumerable.Range(from, Math.Min(Chunk, agents - from)).Select(i => AgentId.Parse($"w{i:0000000}")).ToArray();
            await Task.WhenAll(
                database.HashSetAsync(keys.Definitions, Array.ConvertAll(ids, id => Entry(id, RecordCodec.Write(
                    new AgentDefinition { Id = id, Kind = "idle", Policy = policy }, StoreJson.Default.AgentDefinition)))),
                database.HashSetAsync(keys.States, Array.ConvertAll(ids, id => Entry(id, RecordCodec.Write(State(id, now), StoreJson.Default.HealthState)))),
                database.SortedSetAddAsync(keys.ByStatus(AgentStatus.BackingOff), Array.ConvertAll(ids, id => new SortedSetEntry(id.Value, 0))),
                database.SortedSetAddAsync(keys.Restarts, Array.ConvertAll(ids, id => new SortedSetEntry(id.Value, now.ToUnixTimeMilliseconds()))));
        }
    }

    private static HashEntry Entry(AgentId id, string record) => new(id.Value, record);

    private static HealthState State(AgentId id, DateTimeOffset now) => new()
    {
        AgentId = id,
        Status = AgentStatus.BackingOff,
        Incarnation = 1,
        FirstIncarnation = 1,
        Since = now,
        NextRestartAt = now,
        Desired = new DesiredState { Mode = DesiredMode.Run, Actor = "benchmark", At = now },
    };
}
