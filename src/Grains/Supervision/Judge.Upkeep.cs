using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;

namespace OrleansHealing.Supervision;

/// <summary>Dead hosts, the time before this supervisor, and the slow walk that finds what no schedule names.</summary>
internal sealed partial class Judge
{
    private const int SweepPage = 50;
    private const int SweepPagesAtOnce = 20;

    private const string Unwatched = "nobody judged for a while";

    // A supervisor whose silo died or froze is back within some seconds; after more than this it is the cluster that comes back.
    private static readonly TimeSpan LongUnwatched = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SweepPause = TimeSpan.FromSeconds(1);
    private static readonly AgentStatus[] SweptStatuses = [.. Enum.GetValues<AgentStatus>().Where(s => s is not AgentStatus.Stale)];

    private bool _hasLookedBack;
    private TimeSpan _sweptAt;
    private int _sweptStatus;
    private string? _sweptUpTo;
    private bool _isInAHurry;
    private bool _hurriesAfterHold;

    private void CheckClock()
    {
        if (Hearing.CheckClock())
        {
            // Whoever beats has a possible deadline again by the end of the hold; the others must be found then.
            _hurriesAfterHold = true;
            ForgetOthers();
        }
    }

    /// <summary>
    /// After a time without any supervisor, when the whole cluster was down, deadlines that passed meanwhile prove nothing:
    /// nobody was there to be heard by, or to start what was granted.
    /// </summary>
    private async Task LookBackAsync()
    {
        if (_hasLookedBack)
        {
            return;
        }

        // Before it reads on: whoever was supervisor until now adds nothing to that any more.
        await TermAsync();
        if (await _store.LastRoundAsync(_partition) is not { } last)
        {
            // Whoever took on the agents that are there never finished a round.
            Hearing.HoldAll(Unwatched, null);
        }
        else
        {
            // What was taken before the clock was set back would hold everybody until then. It is replaced in the store too, or the next
            // supervisor, to whom no clock went back, would go on from it.
            if (last.RestartsUntil is { } until)
            {
                _budget.Resume(last.At - _clock.Now < StoreClock.StepThreshold ? until : _clock.Now);
            }

            if (last.HeardSince is { } since)
            {
                Hearing.Resume(since);
                _isHoldNoted = Hearing.IsHeldForAll;
            }

            if (last.PanicAt is { } panic)
            {
                _panic.Resume(panic);
                (_isPanicNoted, _panicWhy) = (true, "too many agents fell silent at once, and no silo died; a supervisor before this one saw it");
            }

            // Why nobody finished a round is not known: if it was for want of the store, nobody could be heard either.
            var gap = (_clock.Now - last.At).Duration();
            Hearing.Stalled(gap, Unwatched);
            if (gap > LongUnwatched)
            {
                Hearing.HoldAll($"nobody judged for {ActionLog.Say(gap)}", "unwatched");
                _hurriesAfterHold = last.At > _clock.Now;
            }
        }

        _hasLookedBack = true;
    }

    private async Task<IReadOnlyList<AgentId>> FindLostAsync()
    {
        var hosts = await _store.HostsAsync(_partition);
        _deadHosts = await _silos.DeadAsync(hosts);
        _livingHosts = [.. hosts.Except(_deadHosts)];
        if (_deadHosts.Count == 0)
        {
            return [];
        }

        var lost = new List<AgentId>();
        foreach (var host in _deadHosts)
        {
            var claims = await _store.ClaimsOfAsync(_partition, host);
            if (claims.Count == 0)
            {
                await _store.ForgetHostAsync(_partition, host);
                continue;
            }

            // A claim without a deadline was fenced; what is left of it is forgotten here.
            var deadlines = await _store.DeadlinesAsync(_partition, claims);
            var current = claims.Where((_, i) => deadlines[i] is not null).ToList();
            lost.AddRange(current.Select(c => c.Id));
            if (current.Count < claims.Count)
            {
                await _store.ForgetClaimsAsync(_partition, host, [.. claims.Except(current)]);
            }
        }

        return lost;
    }

    /// <summary>
    /// Walks all agents, a page a second: every rule works from the schedules, and this finds whoever was lost from them.
    /// </summary>
    /// <returns>Whether it is in a hurry and has more to do at once.</returns>
    private async Task<bool> SweepAsync()
    {
        if (_hurriesAfterHold && Hearing.Hold is null)
        {
            _hurriesAfterHold = false;
            HurrySweep();
        }

        if (!_isInAHurry && _clock.Monotonic - _sweptAt < SweepPause)
        {
            return false;
        }

        _sweptAt = _clock.Monotonic;
        var pages = _isInAHurry ? SweepPagesAtOnce : 1;
        for (var i = 0; i < pages; i++)
        {
            await SweepPageAsync();
            if (_isInAHurry && (_sweptStatus, _sweptUpTo) == (0, null))
            {
                _isInAHurry = false;
                break;
            }
        }

        return _isInAHurry;
    }

    /// <summary>Everybody is looked at anew, as fast as it goes.</summary>
    private void HurrySweep()
    {
        _isInAHurry = true;
        (_sweptStatus, _sweptUpTo) = (0, null);
    }

    private async Task SweepPageAsync()
    {
        var status = SweptStatuses[_sweptStatus];
        var ids = await _store.IdsAsync(_partition, status, _sweptUpTo, SweepPage);
        if (ids.Count == SweepPage)
        {
            _sweptUpTo = ids[^1].Value;
        }
        else
        {
            (_sweptStatus, _sweptUpTo) = ((_sweptStatus + 1) % SweptStatuses.Length, null);
        }

        if (ids.Count == 0)
        {
            return;
        }

        var snapshots = await LoadAsync(ids);
        await JudgeAsync([.. snapshots.Where(s => s.State.Text is not null || s.Definition.Text is not null)], null);
        foreach (var stray in snapshots.Where(s => !s.State.IsMalformed && s.State.Value?.Status != status))
        {
            await _store.TidyStatusAsync(stray.Id, stray.State, status);
        }
    }

    private async Task<bool> SetWrongTypesAsideAsync(AgentId? id)
    {
        var renamed = await _store.SetWrongTypesAsideAsync(_partition, id);
        foreach (var key in renamed)
        {
            LogWrongType(_logger, key);
        }

        return renamed.Count > 0;
    }
}
