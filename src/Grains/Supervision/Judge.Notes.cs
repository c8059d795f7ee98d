using OrleansHealing.Alerts;

namespace OrleansHealing.Supervision;

/// <summary>What concerns all of a partition goes into its log as it begins and as it ends.</summary>
internal sealed partial class Judge
{
    private bool _isHoldNoted;
    private bool _isPanicNoted;
    private bool _areAgentsCounted;
    private string _panicWhy = "";

    /// <summary>Who is told of what it commits; null for nobody.</summary>
    public ICommitWatcher? Watcher { private get; init; }

    /// <summary>Which supervisor of the partition this is, counted from the first; null before its first round.</summary>
    public long? Term => _term;

    /// <summary>Why the panic guard is on; null when it is off.</summary>
    public string? Panic => _panic.IsOn ? _panicWhy : null;

    /// <summary>How long a restart that came now would wait for its turn.</summary>
    public TimeSpan RestartWait => _clock.IsSynchronized ? (_panic.IsOn ? _panic.WaitAt(_clock.Now) : _budget.WaitAt(_clock.Now)) : TimeSpan.Zero;

    private async Task NoteForFleetAsync()
    {
        if (_panic.IsOn && !_isPanicNoted)
        {
            await NoteAsync(
                ActionKind.PanicBegan, "panic-guard",
                $"{_panicWhy}: each gets one more timeout, then {_options.PanicRestartsPerSecond} a second are restarted");
            _isPanicNoted = true;
        }
        else if (!_panic.IsOn && _isPanicNoted)
        {
            await NoteAsync(ActionKind.PanicEnded, "panic-guard", "the panic is over; restarts go on at the fleet's rate");
            _isPanicNoted = false;
        }

        if (Hearing is { IsHeldForAll: true, Reason: { } reason } && !_isHoldNoted)
        {
            await NoteAsync(ActionKind.HoldBegan, reason, $"{Hearing.Hold}: everybody gets a full timeout to be heard in before silence counts");
            _isHoldNoted = true;
        }
        else if (!Hearing.IsHeldForAll && _isHoldNoted)
        {
            await NoteAsync(ActionKind.HoldEnded, "heard", "everybody had a full timeout to be heard in; silence counts again");
            _isHoldNoted = false;
        }
    }

    private async Task SampleAsync()
    {
        var isDue = _sampler.IsDue(_clock.Monotonic);
        if (!isDue && _areAgentsCounted)
        {
            return;
        }

        // The first round of a supervisor counts too: what the one before it said of the fleet ends with it.
        var counts = _store.CountAsync(_partition);
        var late = _store.CountPastDeadlinesAsync(_partition, _clock.Now);
        _metrics.AgentsCounted(_partition, await counts, await late);
        _areAgentsCounted = true;
        if (isDue)
        {
            var counters = await _store.CountersAsync(_partition);
            await _store.AddSampleAsync(_partition, await TermAsync(), _sampler.Take(_clock.Now, _clock.Monotonic, await counts, counters.Beats));
        }
    }

    private async Task NoteAsync(ActionKind kind, string reason, string details)
    {
        var log = new ActionLog(new Circumstances { Now = _clock.Now, Random = _random.NextDouble() });
        var action = log.AddForAll(kind, reason, details).Actions[0];
        await _store.LogAsync(_partition, await TermAsync(), action);
        _metrics.ActionCommitted(action);
        _store.Announce(null);
    }
}
