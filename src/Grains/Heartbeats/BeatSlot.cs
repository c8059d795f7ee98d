using OrleansHealing.Agents;
using StackExchange.Redis;

namespace OrleansHealing.Heartbeats;

/// <summary>
/// The place of one incarnation in the writer: holds at most one unsent heartbeat, the newest. So what an outage holds up is
/// bounded by the number of agents, and nothing stale is ever sent after it. It is its own lock, since another object is waited for at each
/// heartbeat.
/// </summary>
internal sealed class BeatSlot(AgentId id, int partition, long incarnation, Action refused, BeatGaps? gaps = null)
{
    private readonly RedisValue _member = StoreKeys.Member(id, incarnation);
    private long _sentDeadline;
    private long _deadline;
    private long _at;
    private long _offered;
    private Heartbeat? _record;
    private bool _isPending;
    private bool _hasUnsent;
    private bool _isClosed;

    public AgentId Id { get; } = id;

    public int Partition { get; } = partition;

    public long Incarnation { get; } = incarnation;

    /// <summary>Where it is noted how far its heartbeats are apart; null for nowhere.</summary>
    public BeatGaps? Gaps { get; } = gaps;

    /// <summary>Puts the newest heartbeat in.</summary>
    /// <returns>Whether the slot has to be queued: it was empty and there is news.</returns>
    public bool Offer(long deadline, Heartbeat? record, long at = 0, long offered = 0)
    {
        lock (this)
        {
            if (_isClosed || (record is null && _record is null && deadline == _sentDeadline))
            {
                _hasUnsent = true;
                return false;
            }

            _deadline = deadline;
            _at = at;
            _record = record ?? _record;
            if (_isPending)
            {
                return false;
            }

            _offered = offered;
            _isPending = true;
            return true;
        }
    }

    /// <summary>Takes the heartbeat out to be sent.</summary>
    public bool TryTake(out BeatEntry beat)
    {
        lock (this)
        {
            beat = new BeatEntry(Id, Incarnation, _deadline, _record) { Member = _member, At = _at, Offered = _offered, FollowsUnsent = _hasUnsent };
            if (_isClosed || !_isPending)
            {
                return false;
            }

            _isPending = false;
            _hasUnsent = false;
            _record = null;
            _sentDeadline = _deadline;
            return true;
        }
    }

    /// <summary>Puts an unsent heartbeat back unless a newer one came meanwhile, whose record then still wants what this one's had.</summary>
    /// <returns>Whether the slot has to be queued.</returns>
    public bool PutBack(BeatEntry beat)
    {
        lock (this)
        {
            _record ??= beat.Record;
            _sentDeadline = 0;
            _offered = beat.Offered;
            if (_isClosed || _isPending)
            {
                return false;
            }

            _deadline = beat.Deadline;
            _at = beat.At;
            _isPending = true;
            return true;
        }
    }

    /// <summary>Nothing more is sent for this incarnation.</summary>
    public void Close()
    {
        lock (this)
        {
            _isClosed = true;
        }
    }

    /// <summary>The store refused a heartbeat: a newer incarnation was granted, or the store has lost this one. Its owner finds out.</summary>
    public void Refuse()
    {
        if (!_isClosed)
        {
            refused();
        }
    }
}
