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
        return
        [
            .. entries
                .Select(e => _codec.Read(e.Value, StoreJson.Default.Incident, key, e.Name.ToString(), i => i.Key == e.Name.ToString() ? null : $"it is about '{i.Key}'").Value)
                .OfType<Incident>(),
        ];
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
        return
        [
            .. entries
                .Select(e => _codec.Read(e.Value, StoreJson.Default.AlertSilence, key, e.Name.ToString(), s => s.Id == e.Name.ToString() ? null : $"it is '{s.Id}'").Value)
                .OfType<AlertSilence>(),
        ];
    }

    public async Task SetAlertSilenceAsync(AlertSilence silence) => await (await DatabaseAsync()).HashSetAsync(
        _keys[0].AlertSilences, silence.Id, RecordCodec.Write(silence, StoreJson.Default.AlertSilence));

    public async Task<bool> EndAlertSilenceAsync(string id) => await (await DatabaseAsync()).HashDeleteAsync(_keys[0].AlertSilences, id);
}
