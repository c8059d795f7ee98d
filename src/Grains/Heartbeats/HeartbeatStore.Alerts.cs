using OrleansHealing.Alerts;
using StackExchange.Redis;

namespace OrleansHealing.Heartbeats;

/// <summary>The outbox of alerts, and the silences of people.</summary>
internal sealed partial class HeartbeatStore : IIncidentStore
{
    public async Task<IReadOnlyList<Incident>> IncidentsAsync(int partition)
    {
        var key = _keys[partition].Alerts;
        var entries = await ReadHashAsync(key, partition);
        return [.. entries.Select(e => ReadIncident(e.Value, key, e.Name.ToString()).Value).OfType<Incident>()];
    }

    public Task SaveIncidentsAsync(int partition, long term, IReadOnlyCollection<Incident> changed, IReadOnlyCollection<string> forgotten)
    {
        RedisValue[] values =
        [
            .. changed.SelectMany(i => (RedisValue[])[i.Key, RecordCodec.Write(i, StoreJson.Default.Incident)]),
            .. forgotten.SelectMany(key => (RedisValue[])[key, ""]),
        ];
        return InTermAsync(partition, term, Scripts.Alerts, [_keys[partition].Alerts], values);
    }

    public async Task<IReadOnlyList<AlertSilence>> AlertSilencesAsync()
    {
        var key = _keys[0].AlertSilences;
        var entries = await ReadHashAsync(key);
        return [.. entries.Select(e => ReadAlertSilence(e.Value, key, e.Name.ToString()).Value).OfType<AlertSilence>()];
    }

    public async Task SetAlertSilenceAsync(AlertSilence silence) => await (await DatabaseAsync()).HashSetAsync(
        _keys[0].AlertSilences, silence.Id, RecordCodec.Write(silence, StoreJson.Default.AlertSilence));

    public async Task<bool> EndAlertSilenceAsync(string id) => await (await DatabaseAsync()).HashDeleteAsync(_keys[0].AlertSilences, id);

    private StoredRecord<Incident> ReadIncident(RedisValue value, RedisKey key, string field) =>
        _codec.Read(value, StoreJson.Default.Incident, key, field, i => i.Key == field ? null : $"it is about '{i.Key}'");

    private StoredRecord<AlertSilence> ReadAlertSilence(RedisValue value, RedisKey key, string field) =>
        _codec.Read(value, StoreJson.Default.AlertSilence, key, field, s => s.Id == field ? null : $"it is '{s.Id}'");
}
