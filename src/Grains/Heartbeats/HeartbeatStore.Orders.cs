using OrleansHealing.Fleet;
using OrleansHealing.Supervision;
using StackExchange.Redis;

namespace OrleansHealing.Heartbeats;

/// <summary>People's standing orders, over silos and over many agents. They are of the whole cluster, and few.</summary>
internal sealed partial class HeartbeatStore
{
    public async Task<IReadOnlyDictionary<string, SiloDrain>> DrainsAsync()
    {
        var key = _keys[0].Drains;
        var drains = new Dictionary<string, SiloDrain>(StringComparer.Ordinal);
        foreach (var entry in await ReadHashAsync(key))
        {
            var address = entry.Name.ToString();
            if (_codec.Read(entry.Value, StoreJson.Default.SiloDrain, key, address).Value is { } drain)
            {
                drains[address] = drain;
            }
        }

        return drains;
    }

    public async Task DrainAsync(string address, SiloDrain? drain)
    {
        var (database, key) = (await DatabaseAsync(), _keys[0].Drains);
        await (drain is null
            ? database.HashDeleteAsync(key, address)
            : database.HashSetAsync(key, address, RecordCodec.Write(drain, StoreJson.Default.SiloDrain)));
    }

    public async Task<IReadOnlyList<MaintenanceOrder>> MaintenanceAsync()
    {
        var key = _keys[0].Maintenance;
        var orders = new List<MaintenanceOrder>();
        foreach (var entry in await ReadHashAsync(key))
        {
            if (ReadMaintenance(entry.Value, key, entry.Name.ToString()).Value is { } order)
            {
                orders.Add(order);
            }
        }

        return orders;
    }

    public async Task SetMaintenanceAsync(MaintenanceOrder order) => await (await DatabaseAsync()).HashSetAsync(
        _keys[0].Maintenance, order.Scope, RecordCodec.Write(order, StoreJson.Default.MaintenanceOrder));

    public async Task<bool> EndMaintenanceAsync(string scope) => await (await DatabaseAsync()).HashDeleteAsync(_keys[0].Maintenance, scope);

    public async Task ReplaceMaintenanceAsync(MaintenanceOrder before, MaintenanceOrder? after) => await (await DatabaseAsync()).ScriptEvaluateAsync(
        Scripts.Maintain,
        [_keys[0].Maintenance],
        [
            before.Scope,
            RecordCodec.Write(before, StoreJson.Default.MaintenanceOrder),
            after is null ? "" : RecordCodec.Write(after, StoreJson.Default.MaintenanceOrder),
        ]);

    private StoredRecord<MaintenanceOrder> ReadMaintenance(RedisValue value, RedisKey key, string scope) =>
        _codec.Read(value, StoreJson.Default.MaintenanceOrder, key, scope, order => order.Scope == scope ? null : $"it is about '{order.Scope}'");

    /// <summary>Something of another type under the key must stop nobody who only wants to know what is ordered.</summary>
    private async Task<HashEntry[]> ReadHashAsync(RedisKey key, int partition = 0)
    {
        try
        {
            return await (await DatabaseAsync()).HashGetAllAsync(key);
        }
        catch (RedisServerException e) when (StoreOutage.IsWrongType(e))
        {
            await SetWrongTypesAsideAsync(partition, null);
            return [];
        }
    }
}
