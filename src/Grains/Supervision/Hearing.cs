using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;

namespace OrleansHealing.Supervision;

/// <summary>
/// Since when this supervisor could hear everybody. After an outage of the store, a slow answer of it, a stall of the
/// supervisor or a step of the clock, silence proves nothing until every agent had a full timeout to be heard in.
/// </summary>
internal sealed class Hearing(StoreClock clock, HealingOptions options)
{
    // The store's connections of other silos may come back some seconds after this one's, whatever an agent's timeout is.
    private static readonly TimeSpan LeastAfterOutage = TimeSpan.FromSeconds(5);

    // A stall matters to an agent when it takes more of its timeout than the one missed heartbeat in five that is allowed for.
    private const int StallShare = 5;

    // Timeouts for which one stall after the other may hold silence. Then whoever beats is known by its deadline, as a commit checks
    // it once more, and whoever does not has had its time many times over.
    private const int LongestHold = 60;
    private const int MostChains = 64;

    // A fifth of the shortest timeout that is allowed, and the longest.
    private static readonly TimeSpan ShortestStall = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(1);

    private readonly SupervisionPolicy _fleet = options.ToPolicy();

    // Longest first, each later than the one before it: a stall makes all earlier ones that were not longer meaningless.
    private readonly List<(DateTimeOffset At, TimeSpan Length)> _stalls = [];

    // By timeout: since when one hold has followed the other without as much as one timeout between them.
    private readonly Dictionary<TimeSpan, Chain> _chains = [];
    private DateTimeOffset _since = DateTimeOffset.MinValue;
    private TimeSpan? _seenStepAt;
    private TimeSpan? _answeredAt;
    private bool _isStoreAway;
    private string _why = "";
    private TimeSpan _awaySince;

    /// <summary>Why silence is not judged at the moment; null when it is.</summary>
    public string? Hold => _isStoreAway ? "the store is out of reach"
        : clock.IsSynchronized && clock.Now < Since(_fleet) + _fleet.Timeout ? _why
        : null;

    /// <summary>Whether silence is not judged of anybody, since <see cref="HoldAll"/>; the stalls that concern some are not meant.</summary>
    public bool IsHeldForAll => !_isStoreAway && clock.IsSynchronized && _since > DateTimeOffset.MinValue
        && clock.Now < _since + (_fleet.Timeout > LeastAfterOutage ? _fleet.Timeout : LeastAfterOutage);

    /// <summary>How long the store's last answer took.</summary>
    public TimeSpan LastAnswer { get; private set; }

    /// <summary>The word for the last <see cref="HoldAll"/>; null when nobody needs to be told of it.</summary>
    public string? Reason { get; private set; }

    /// <summary>Since when everybody could be heard, whatever their timeout; for a successor of this supervisor.</summary>
    public DateTimeOffset? Everybody => _since == DateTimeOffset.MinValue ? null : _since;

    /// <summary>Since when an agent of this policy could be heard.</summary>
    public DateTimeOffset Since(SupervisionPolicy policy)
    {
        var floor = LeastAfterOutage - policy.Timeout;
        var since = _since == DateTimeOffset.MinValue || floor <= TimeSpan.Zero ? _since : _since + floor;
        var longest = ChainOf(policy.Timeout).Began + ((LongestHold - 1) * policy.Timeout);
        foreach (var (at, length) in _stalls)
        {
            var counts = at < longest ? at : longest;
            if (length > policy.Timeout / StallShare && counts > since)
            {
                since = counts;
            }
        }

        return since;
    }

    /// <summary>From now on every agent gets its full timeout before silence counts.</summary>
    /// <param name="why">Why, in words.</param>
    /// <param name="reason">One word for the log; null when nobody needs to be told.</param>
    public void HoldAll(string why, string? reason)
    {
        _since = clock.Now;
        _why = why;
        Reason = reason;
        _stalls.Clear();
        foreach (var timeout in _chains.Keys)
        {
            _chains[timeout] = new Chain(clock.Now, clock.Now);
        }
    }

    /// <summary>Goes on where a supervisor before this one was.</summary>
    public void Resume(DateTimeOffset since)
    {
        if (since > _since && since <= clock.Now)
        {
            _since = since;
            _why = "the supervisor before this one could not hear everybody";
        }
    }

    /// <summary>For as long as <paramref name="length"/> nobody may have been heard.</summary>
    public void Stalled(TimeSpan length, string why)
    {
        if (length < ShortestStall)
        {
            return;
        }

        var oldest = clock.Now - LongestTimeout;
        _stalls.RemoveAll(s => s.Length <= length || s.At < oldest);
        _stalls.Add((clock.Now, length));
        Link(length);
        if (length > _fleet.Timeout / StallShare)
        {
            _why = why;
        }
    }

    /// <summary>Notices a step of the store's clock.</summary>
    /// <returns>Whether there was one since the last call.</returns>
    public bool CheckClock()
    {
        if (clock.LastStepAt == _seenStepAt)
        {
            return false;
        }

        _seenStepAt = clock.LastStepAt;
        HoldAll("the store's clock stepped", "clock-step");
        return true;
    }

    /// <summary>
    /// A turn of the supervisor. That it slept before is no stall; but nothing is heard by others than this turn while it lasts,
    /// so what takes long in it counts, also at its end.
    /// </summary>
    public async Task<T> TurnAsync<T>(Func<Task<T>> turn)
    {
        _answeredAt = clock.Monotonic;
        try
        {
            var result = await turn();
            CheckFreshness();
            return result;
        }
        catch (Exception e) when (StoreOutage.Is(e))
        {
            if (!_isStoreAway)
            {
                _isStoreAway = true;
                _awaySince = _answeredAt ?? clock.Monotonic;
            }

            throw;
        }
    }

    /// <summary>Asks the store something, and draws the conclusions from how long the answer took.</summary>
    public async Task<T> ListenAsync<T>(Func<Task<T>> ask)
    {
        CheckFreshness();
        var asked = clock.Monotonic;
        var answer = await ask();
        LastAnswer = clock.Monotonic - asked;
        if (_isStoreAway)
        {
            _isStoreAway = false;
            HoldAll($"the store was out of reach for {ActionLog.Say(clock.Monotonic - _awaySince)}", "store-outage");
        }
        else
        {
            Stalled(clock.Monotonic - asked, "the store answered slowly");
        }

        _answeredAt = clock.Monotonic;
        return answer;
    }

    /// <summary>If the last answer was long ago, whatever came between it and now took too long: a freeze, or another question.</summary>
    public void CheckFreshness()
    {
        if (_answeredAt is { } at)
        {
            Stalled(clock.Monotonic - at, "this supervisor stalled");
        }
    }

    private Chain ChainOf(TimeSpan timeout)
    {
        if (_chains.TryGetValue(timeout, out var chain))
        {
            return chain;
        }

        // Not seen before, or too many to remember: what held until now is the first of its chain.
        chain = new Chain(clock.Now, clock.Now);
        if (_chains.Count < MostChains)
        {
            _chains.Add(timeout, chain);
        }

        return chain;
    }

    private void Link(TimeSpan lasted)
    {
        ChainOf(_fleet.Timeout);
        foreach (var (timeout, chain) in _chains)
        {
            if (lasted > timeout / StallShare)
            {
                // In a stall of a whole timeout nobody could be heard at all, as in an outage.
                var isNext = lasted <= timeout && clock.Now - lasted <= chain.Last + (timeout > LeastAfterOutage ? timeout : LeastAfterOutage);
                _chains[timeout] = new Chain(isNext ? chain.Began : clock.Now, clock.Now);
            }
        }
    }

    private readonly record struct Chain(DateTimeOffset Began, DateTimeOffset Last);
}
