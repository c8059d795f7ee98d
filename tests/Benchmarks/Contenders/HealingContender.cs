using System.Text.Json;
using StackExchange.Redis;

namespace OrleansHealing.Benchmarks.Contenders;

/// <summary>
/// OrleansHealing itself, with its limit of restarts a second or without. Under its default policy: a heartbeat each second, a timeout of
/// five; ten times as long where there are very many workers.
/// </summary>
internal sealed class HealingContender : IContender
{
    private const string Deadlines = "healing:{0}:deadlines";
    private const string Heartbeats = "healing:{0}:heartbeats";
    private const int Many = 100_000;
    private static readonly TimeSpan SlowHeartbeat = TimeSpan.FromSeconds(10);

    private readonly Fleet _fleet;
    private Dictionary<string, string> _names = [];
    private TimeSpan _timeout = TimeSpan.FromSeconds(5);

    private HealingContender(string name, Fleet fleet) => (Name, _fleet) = (name, fleet);

    public string Name { get; }

    private IDatabase Database => _fleet.Store.GetDatabase();

    public static async Task<IContender> StartAsync(bool isLimited) => isLimited
        ? new HealingContender("OrleansHealing", await Fleet.StartNodesAsync("redis", 3))
        : new HealingContender("OH, no limit", await Fleet.StartNodesAsync("redis", 3, "--Healing:RestartsPerSecond=0"));

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();

    public async Task SpawnAsync(int workers, CancellationToken cancellation)
    {
        if (workers < Many)
        {
            await _fleet.SpawnIdleAsync(workers, cancellation);
        }
        else
        {
            // As many that beat each second are all that two cores can do.
            _timeout = 5 * SlowHeartbeat;
            await StoredAgents.WriteWaitingAsync(Database, workers, SlowHeartbeat);
            await _fleet.AtWorkAsync(workers, cancellation);
        }

        _names = (await Database.HashGetAllAsync("healing:silos")).ToDictionary(
            e => e.Name.ToString(), e => JsonSerializer.Deserialize<JsonElement>(e.Value.ToString()).GetProperty("name").GetString()!);
    }

    public async Task<Dictionary<string, Body>> BodiesAsync() =>
        (await Database.HashGetAllAsync(Heartbeats)).ToDictionary(e => e.Name.ToString(), e => Read(e.Value)!);

    public async Task<IReadOnlyList<Body?>> BodiesAsync(IReadOnlyList<string> workers) =>
        Array.ConvertAll(await Database.HashGetAsync(Heartbeats, [.. workers]), Read);

    public Task CrashAsync(string worker) => _fleet.PostAsync($"/agents/{worker}/crash", new { mode = "exception" });

    public async Task<string?> LeaderAsync() => _names[(await Database.StringGetAsync("healing:{0}:supervisor")).ToString()];

    public void Kill(string node) => _fleet.Kill(node);

    public void Freeze(string node) => _fleet.Freeze(node);

    public void Thaw(string node) => _fleet.Thaw(node);

    public async Task<int> ZombiesAsync(DateTimeOffset moment)
    {
        var bodies = await BodiesAsync();
        var beating = await Database.SortedSetRangeByScoreAsync(Deadlines, (moment + _timeout).ToUnixTimeMilliseconds(), double.PositiveInfinity);
        return beating.Select(m => m.ToString().Split('#')).Count(m => bodies[m[0]].Start != m[1]);
    }

    private Body? Read(RedisValue record)
    {
        if (record.IsNull)
        {
            return null;
        }

        var heartbeat = JsonSerializer.Deserialize<JsonElement>(record.ToString());
        var host = heartbeat.GetProperty("host").GetString()!;
        return new(_names.GetValueOrDefault(host, host), $"{heartbeat.GetProperty("incarnation").GetInt64()}");
    }
}
