using OrleansHealing.Agents;
using OrleansHealing.Supervision;
using StackExchange.Redis;

namespace OrleansHealing.Heartbeats;

/// <summary>What cannot be read, noted in the store so that every silo tells of the same.</summary>
internal sealed partial class HeartbeatStore
{
    private const int MalformedKept = 1000;
    private const int MaxFaultLength = 500;

    public async Task<long> CountMalformedAsync(int partition)
    {
        var database = await DatabaseAsync();
        var keys = _keys[partition];
        var noted = new List<MalformedPlace>();
        foreach (var entry in await database.HashKeysAsync(keys.Malformed))
        {
            if (MalformedPlace.TryParse(entry.ToString(), keys, out var place))
            {
                noted.Add(place);
            }
        }

        var stand = await Task.WhenAll(noted.Select(place => StandsAsync(database, keys, place)));
        RedisValue[] righted = [.. noted.Where((_, i) => !stand[i]).Select(place => (RedisValue)place.ToString())];
        if (righted.Length > 0)
        {
            await database.HashDeleteAsync(keys.Malformed, righted);
        }

        return noted.Count - righted.Length;
    }

    /// <summary>A note that is lost is made up for by the next silo that reads the record, so nobody waits for it.</summary>
    private void Note(RedisKey key, string? field, string fault)
    {
        var place = new MalformedPlace(key.ToString(), field);
        var keys = Array.Find(_keys, k => k.Owns(place.Key)) ?? _keys[0];
        if (_connection.GetAsync() is not { IsCompletedSuccessfully: true } connected)
        {
            return;
        }

        WithoutWaiting(() => connected.Result.GetDatabase().ScriptEvaluate(
            Scripts.Note,
            [keys.Malformed],
            [place.ToString(), fault.Length > MaxFaultLength ? fault[..MaxFaultLength] : fault, MalformedKept],
            CommandFlags.FireAndForget));
    }

    /// <summary>Whether something that cannot be read stands there still.</summary>
    private async Task<bool> StandsAsync(IDatabase database, StoreKeys keys, MalformedPlace place)
    {
        RedisKey key = place.Key;
        try
        {
            if (place.Field is not { } field)
            {
                var entries = await database.ListRangeAsync(key);
                return entries.Any(entry => keys.IsOfCheckpoints(place.Key)
                    ? _codec.Read(entry, StoreJson.Default.Checkpoint, key).IsMalformed
                    : keys.IsOfEvidence(place.Key) ? _codec.Read(entry, EvidenceJson.Default.DecisionEvidence, key).IsMalformed
                    : key == keys.Samples ? _codec.Read(entry, StoreJson.Default.FleetSample, key).IsMalformed
                    : _codec.Read(entry, StoreJson.Default.SupervisorAction, key).IsMalformed);
            }

            var value = await database.HashGetAsync(key, field);
            if (key == keys.Silos)
            {
                return _codec.Read(value, StoreJson.Default.SiloRecord, key, field).IsMalformed;
            }

            if (key == keys.Drains)
            {
                return _codec.Read(value, StoreJson.Default.SiloDrain, key, field).IsMalformed;
            }

            if (key == keys.Maintenance)
            {
                return ReadMaintenance(value, key, field).IsMalformed;
            }

            if (key == keys.Alerts)
            {
                return ReadIncident(value, key, field).IsMalformed;
            }

            if (key == keys.AlertSilences)
            {
                return ReadAlertSilence(value, key, field).IsMalformed;
            }

            return AgentId.TryParse(field, out var id) && (
                key == keys.States ? ReadState(value, keys, id).IsMalformed
                : key == keys.Definitions ? ReadDefinition(value, keys, id).IsMalformed
                : key == keys.Heartbeats ? ReadHeartbeat(value, keys, id).IsMalformed
                : key == keys.Reports && ReadReport(value, keys, id).IsMalformed);
        }
        catch (RedisServerException)
        {
            // Of another type than belongs there: the supervisor sets such a key aside.
            return true;
        }
    }
}
