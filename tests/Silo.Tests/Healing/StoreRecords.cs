using System.Text.Json;
using StackExchange.Redis;

namespace OrleansHealing.Silo.Healing;

/// <summary>What the store holds of the agents, word for word, over a connection of its own.</summary>
internal sealed class StoreRecords : IAsyncDisposable
{
    private const string Prefix = "healing:{0}:";
    private readonly ConnectionMultiplexer _connection;

    private StoreRecords(ConnectionMultiplexer connection) => _connection = connection;

    public static async Task<StoreRecords> OpenAsync(string connectionString) => new(await ConnectionMultiplexer.ConnectAsync(connectionString));

    public async Task<Seen> ReadAsync()
    {
        var store = _connection.GetDatabase();
        var states = await store.HashGetAllAsync($"{Prefix}states");
        var decided = states.Concat(await store.HashGetAllAsync($"{Prefix}claims")).Select(e => e.ToString())
            .Concat((await store.SortedSetRangeByRankAsync($"{Prefix}deadlines")).Select(m => m.ToString()))
            .Order(StringComparer.Ordinal)
            .Concat((await store.ListRangeAsync($"{Prefix}actions")).Select(a => a.ToString()));
        var beating = (await store.HashGetAllAsync($"{Prefix}heartbeats"))
            .Select(e => $"{e.Name} is incarnation {IncarnationOf(e.Value.ToString())} on {JsonSerializer.Deserialize<JsonElement>(e.Value.ToString()).GetProperty("host")}")
            .Order(StringComparer.Ordinal);
        var checkpoints = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var id in states.Select(s => s.Name.ToString()))
        {
            checkpoints[id] = [.. (await store.ListRangeAsync($"{Prefix}checkpoints:{id}")).Select(c => c.ToString())];
        }

        return new Seen([.. decided], [.. beating], checkpoints);
    }

    public static long IncarnationOf(string record) => JsonSerializer.Deserialize<JsonElement>(record).GetProperty("incarnation").GetInt64();

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    /// <param name="Decided">States, claims, who may beat, and the actions, newest first: what only decisions change.</param>
    /// <param name="Beating">Whose heartbeat stands there of each agent.</param>
    /// <param name="Checkpoints">Of each agent, newest first.</param>
    internal sealed record Seen(IReadOnlyList<string> Decided, IReadOnlyList<string> Beating, IReadOnlyDictionary<string, IReadOnlyList<string>> Checkpoints);
}
