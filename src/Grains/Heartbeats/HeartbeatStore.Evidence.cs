using OrleansHealing.Agents;
using OrleansHealing.Supervision;
using StackExchange.Redis;

namespace OrleansHealing.Heartbeats;

/// <summary>What decisions were made on.</summary>
internal sealed partial class HeartbeatStore
{
    public async Task<IReadOnlyList<StoredRecord<DecisionEvidence>>> EvidenceAsync(AgentId id)
    {
        var key = KeysOf(id).EvidenceOf(id);
        var values = await (await DatabaseAsync()).ListRangeAsync(key);
        return [.. values.Select(v => _codec.Read(v, EvidenceJson.Default.DecisionEvidence, key, rule: evidence => Misplaced(evidence.AgentId, id)))];
    }

    private static RedisValue EvidenceText(CommitRequest request) => request is { Inputs: { } inputs, Actions.Count: > 0 }
        ? RecordCodec.Write(DecisionEvidence.Of(inputs, request.Actions), EvidenceJson.Default.DecisionEvidence)
        : "";
}
