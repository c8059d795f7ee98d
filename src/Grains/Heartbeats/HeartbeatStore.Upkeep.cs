using OrleansHealing.Agents;
using OrleansHealing.Supervision;
using StackExchange.Redis;

namespace OrleansHealing.Heartbeats;

/// <summary>Who claimed what, and what keeps leftovers and garbage from piling up.</summary>
internal sealed partial class HeartbeatStore
{
    public async Task<StoreRecall> RecallAsync(int partition, StoreMark? known, long floor, bool isLost)
    {
        var answer = (RedisResult[])(await (await DatabaseAsync()).ScriptEvaluateAsync(
            Scripts.Recall,
            [_keys[partition].Counters],
            [known?.Generation ?? "", known?.Grants ?? 0, known?.Floor ?? 0, Guid.NewGuid().ToString("N"), floor, isLost ? 1 : 0]))!;
        return new StoreRecall(new StoreMark((string)answer[0]!, (long)answer[1], (long)answer[2], (long)answer[3]), (int)answer[4] == 1);
    }

    public async Task SetAsideAsync(int partition, string member, string why)
    {
        var database = await DatabaseAsync();
        var keys = _keys[partition];
        await Task.WhenAll(new[] { keys.Deadlines, keys.Restarts, keys.Looks }.Select(set =>
            database.ScriptEvaluateAsync(Scripts.SetAside, [set, keys.Malformed], [member, $"{set}: {why}", MalformedKept])));
    }

    public async Task TidyAsync(AgentId id, StoredRecord<HealthState> state)
    {
        var keys = KeysOf(id);
        await (await DatabaseAsync()).ScriptEvaluateAsync(
            Scripts.Tidy,
            [keys.States, keys.Looks, keys.Restarts],
            [
                id.Value,
                state.Raw.IsNull ? "" : state.Raw,
                Ms(state.Value?.NextLookAt),
                state.Value?.Status is AgentStatus.BackingOff ? Ms(state.Value.NextRestartAt) : "",
            ]);
    }

    public async Task TidyStatusAsync(AgentId id, StoredRecord<HealthState> state, AgentStatus listed)
    {
        var keys = KeysOf(id);
        await (await DatabaseAsync()).ScriptEvaluateAsync(
            Scripts.Tidy, [keys.States, keys.ByStatus(listed)], [id.Value, state.Raw.IsNull ? "" : state.Raw, ""]);
    }

    public async Task<IReadOnlyList<string>> SetWrongTypesAsideAsync(int partition, AgentId? id)
    {
        var keys = _keys[partition];
        var renamed = new List<string>();
        foreach (var (key, type) in keys.Types(id))
        {
            await LookAsync(key, type);
        }

        // Only now the hosts can be read for sure.
        foreach (var host in await HostsAsync(partition))
        {
            await LookAsync(keys.ClaimsOf(host), RedisType.Set);
        }

        return renamed;

        async Task LookAsync(RedisKey key, RedisType type)
        {
            if (await SetAsideUnlessAsync(key, type))
            {
                renamed.Add(key.ToString());
            }
        }
    }

    private async Task<bool> SetAsideUnlessAsync(RedisKey key, RedisType type)
    {
        var database = await DatabaseAsync();
        var found = await database.KeyTypeAsync(key);
        return found is not RedisType.None && found != type && await database.KeyRenameAsync(key, key.Append($":wrong-type:{Guid.NewGuid():N}"));
    }

    /// <summary>Reads something of a set; what stands in its place and is none is set aside first.</summary>
    private async Task<T> OfSetAsync<T>(RedisKey key, Func<IDatabase, Task<T>> read)
    {
        var database = await DatabaseAsync();
        try
        {
            return await read(database);
        }
        catch (RedisServerException e) when (StoreOutage.IsWrongType(e))
        {
            if (await SetAsideUnlessAsync(key, RedisType.Set))
            {
                _codec.RefuseKey(key.ToString());
            }

            return await read(database);
        }
    }

    public async Task<long?> FindIncarnationAsync(AgentId id)
    {
        long? highest = null;
        await foreach (var entry in (await DatabaseAsync()).SortedSetScanAsync(KeysOf(id).Deadlines, $"{id.Value}#*", pageSize: 1000))
        {
            if (StoreKeys.TryParseMember(entry.Element.ToString(), out var owner, out var incarnation) && owner == id)
            {
                highest = Math.Max(highest ?? 0, incarnation);
            }
        }

        return highest;
    }

    public async Task<IReadOnlyList<string>> HostsAsync(int partition) =>
        [.. (await (await DatabaseAsync()).SetMembersAsync(_keys[partition].Hosts)).Select(h => h.ToString())];

    public async Task<IReadOnlyList<ClaimedIncarnation>> ClaimsOfAsync(int partition, string host)
    {
        var claims = new List<ClaimedIncarnation>();
        var key = _keys[partition].ClaimsOf(host);
        foreach (var member in await OfSetAsync(key, database => database.SetMembersAsync(key)))
        {
            if (StoreKeys.TryParseMember(member.ToString(), out var id, out var incarnation))
            {
                claims.Add(new(id, incarnation));
            }
        }

        return claims;
    }

    public async Task<IReadOnlyList<DateTimeOffset?>> DeadlinesAsync(int partition, IReadOnlyList<ClaimedIncarnation> claims) =>
        claims.Count == 0
            ? []
            : [.. (await (await DatabaseAsync()).SortedSetScoresAsync(_keys[partition].Deadlines, Members(claims))).Select(ToTime)];

    public async Task ForgetClaimsAsync(int partition, string host, IReadOnlyList<ClaimedIncarnation> claims)
    {
        var database = await DatabaseAsync();
        var members = Members(claims);
        await database.HashDeleteAsync(_keys[partition].Claims, members);
        await database.SetRemoveAsync(_keys[partition].ClaimsOf(host), members);
    }

    public Task<long> CountClaimsAsync(int partition, string host)
    {
        var key = _keys[partition].ClaimsOf(host);
        return OfSetAsync(key, database => database.SetLengthAsync(key));
    }

    public async Task ForgetHostAsync(int partition, string host) =>
        await (await DatabaseAsync()).SetRemoveAsync(_keys[partition].Hosts, host);

    private static RedisValue[] Members(IReadOnlyList<ClaimedIncarnation> claims) =>
        [.. claims.Select(c => (RedisValue)StoreKeys.Member(c.Id, c.Incarnation))];
}
