using OrleansHealing.Agents;
using StackExchange.Redis;

namespace OrleansHealing.Heartbeats;

/// <summary>One heartbeat to send.</summary>
/// <param name="Id">The agent.</param>
/// <param name="Incarnation">Its incarnation.</param>
/// <param name="Deadline">When silence will mean failure, ms of the store's time.</param>
/// <param name="Record">The record, when something in it but the time changed; else null.</param>
internal readonly record struct BeatEntry(AgentId Id, long Incarnation, long Deadline, Heartbeat? Record)
{
    /// <summary>The member that its deadline is kept under.</summary>
    public RedisValue Member
    {
        get => field.IsNull ? StoreKeys.Member(Id, Incarnation) : field;
        init;
    }

    /// <summary>When it was made, ms of the store's time; for the gaps alone.</summary>
    public long At { get; init; }

    /// <summary>When the oldest of what it stands for was offered, by the writer's <see cref="TimeProvider"/>; 0 when nobody asks.</summary>
    public long Offered { get; init; }

    /// <summary>Whether heartbeats before it were not sent, since they had nothing new to say: then it ends no silence.</summary>
    public bool FollowsUnsent { get; init; }
}
