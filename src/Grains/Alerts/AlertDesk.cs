using OrleansHealing.Heartbeats;
using OrleansHealing.Telemetry;

namespace OrleansHealing.Alerts;

/// <summary>
/// Keeps incidents from their beginning to their end and gives each sink what it is to be told. May be called from any thread.
/// </summary>
internal sealed class AlertDesk : IDisposable
{
    private const int MostEnded = 1_000;
    private static readonly TimeSpan QuietAge = TimeSpan.FromSeconds(1);

    private readonly IIncidentKeeper _keeper;
    private readonly AlertOptions _options;
    private readonly StoreClock _clock;
    private readonly HealingMetrics _metrics;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _saving = new(1, 1);
    private readonly Dictionary<string, Incident> _incidents = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unsaved = new(StringComparer.Ordinal);
    private readonly IReadOnlyList<AlertChannel> _channels;
    private Quiet _quiet = Quiet.None;
    private TimeSpan? _quietReadAt;

    public AlertDesk(IIncidentKeeper keeper, IReadOnlyList<AlertChannel> channels, AlertOptions options, StoreClock clock, HealingMetrics metrics)
    {
        _metrics = metrics;
        _keeper = keeper;
        _channels = channels;
        _options = options;
        _clock = clock;
    }

    /// <summary>Called when there may be something to tell.</summary>
    public event Action? Changed;

    /// <summary>Takes up what was kept.</summary>
    public async Task LoadAsync()
    {
        var kept = await _keeper.LoadAsync();
        await ReadQuietAsync();
        lock (_lock)
        {
            foreach (var incident in kept)
            {
                _incidents.TryAdd(incident.Key, incident);
            }
        }
    }

    /// <summary>What was kept is lost: all of it is kept anew.</summary>
    public void KeepAnew()
    {
        lock (_lock)
        {
            _unsaved.UnionWith(_incidents.Keys);
        }
    }

    /// <summary>A condition holds.</summary>
    public void Raise(Signal signal)
    {
        lock (_lock)
        {
            var known = _incidents.GetValueOrDefault(signal.Key);
            Put(IncidentRules.Raise(known, signal, _clock.Now));
            if (known is null or { EndedAt: not null })
            {
                _metrics.AlertBegan(signal.Condition);
            }
        }
    }

    /// <summary>A condition does not hold; nothing happens if it did not before.</summary>
    public void Over(string key)
    {
        lock (_lock)
        {
            if (_incidents.TryGetValue(key, out var incident))
            {
                Put(IncidentRules.Over(incident, _clock.Now));
            }
        }
    }

    /// <summary>The incidents whose condition holds.</summary>
    public IReadOnlyList<Incident> Holding()
    {
        lock (_lock)
        {
            return [.. _incidents.Values.Where(i => i.OverAt is null)];
        }
    }

    /// <summary>All that is known of one; null when nothing.</summary>
    public Incident? Find(string key)
    {
        lock (_lock)
        {
            return _incidents.GetValueOrDefault(key);
        }
    }

    /// <summary>Lets time pass over all, and keeps what changed. One round trip when something did; two when something is open.</summary>
    public async Task TurnAsync()
    {
        bool isAnything;
        lock (_lock)
        {
            foreach (var incident in _incidents.Values.ToList())
            {
                var settled = IncidentRules.Settle(incident, _options.ResolveAfter, _clock.Now);
                var hasEnded = settled.EndedAt is not null && incident.EndedAt is null;
                Put(hasEnded && IsSilenced(settled, _clock.Now) ? IncidentRules.Hush(settled, _channels.Select(c => c.Name)) : settled);
            }

            isAnything = _incidents.Count > 0 || _unsaved.Count > 0;
        }

        if (!isAnything)
        {
            return;
        }

        await ReadQuietAsync();
        await SaveAsync();
        Changed?.Invoke();
    }

    /// <summary>
    /// The oldest that a sink is to be told something new of, or else something again, if what is known of it is kept already; null when
    /// there is none.
    /// </summary>
    public (Incident Incident, AlertState State)? NextFor(AlertChannel channel)
    {
        lock (_lock)
        {
            var now = _clock.Now;
            (Incident, AlertState)? again = null;
            foreach (var incident in _incidents.Values.Where(i => !_unsaved.Contains(i.Key)).OrderBy(i => i.BeganAt))
            {
                if (IncidentRules.NextFor(incident, channel.Name, channel.Route, TimesOf(channel), IsSilenced(incident, now), now) is not { } state)
                {
                    continue;
                }

                if (incident.Told.GetValueOrDefault(channel.Name)?.State != state)
                {
                    return (incident, state);
                }

                again ??= (incident, state);
            }

            return again;
        }
    }

    /// <summary>Until when a sink has asked to be left alone, before this desk was there to hear it; null when it has not.</summary>
    public DateTimeOffset? BusyUntil(AlertChannel channel)
    {
        lock (_lock)
        {
            return _incidents.Values.Max(i => i.Told.GetValueOrDefault(channel.Name) is { IsRefused: false } told ? told.NotBefore : null);
        }
    }

    /// <summary>Whether this desk still has the say. One round trip.</summary>
    /// <exception cref="SupersededException">Another has it.</exception>
    public Task ConfirmAsync() => _keeper.SaveAsync([], []);

    /// <summary>Notes how an attempt went, and keeps it.</summary>
    /// <param name="channel">Whom it was sent to.</param>
    /// <param name="sent">What was sent.</param>
    /// <param name="note">How it went, given what was noted before.</param>
    public async Task NoteAsync(AlertChannel channel, Incident sent, Func<Telling, Telling> note)
    {
        lock (_lock)
        {
            if (_incidents.TryGetValue(sent.Key, out var incident))
            {
                var told = new Dictionary<string, Telling>(incident.Told, StringComparer.Ordinal);
                told[channel.Name] = note(told.GetValueOrDefault(channel.Name) ?? new Telling());
                Put(incident with { Told = told });
            }
        }

        await SaveAsync();
    }

    public void Dispose() => _saving.Dispose();

    private void Put(Incident incident)
    {
        if (!ReferenceEquals(_incidents.GetValueOrDefault(incident.Key), incident) && _incidents.GetValueOrDefault(incident.Key) != incident)
        {
            _incidents[incident.Key] = incident;
            _unsaved.Add(incident.Key);
        }
    }

    private async Task SaveAsync()
    {
        await _saving.WaitAsync();
        try
        {
            List<Incident> changed;
            List<Incident> forgotten;
            lock (_lock)
            {
                forgotten = Forgotten();
                changed = [.. _unsaved.Except(forgotten.Select(i => i.Key)).Select(key => _incidents[key])];
            }

            if (changed.Count + forgotten.Count == 0)
            {
                return;
            }

            await _keeper.SaveAsync(changed, [.. forgotten.Select(i => i.Key)]);
            lock (_lock)
            {
                // One that came back or changed meanwhile is not what was kept, and is kept with the next.
                foreach (var incident in forgotten.Where(IsUnchanged))
                {
                    _incidents.Remove(incident.Key);
                    _unsaved.Remove(incident.Key);
                }

                _unsaved.ExceptWith(changed.Where(IsUnchanged).Select(i => i.Key));
            }
        }
        finally
        {
            _saving.Release();
        }
    }

    private bool IsUnchanged(Incident incident) => ReferenceEquals(_incidents.GetValueOrDefault(incident.Key), incident);

    /// <summary>What nobody asks for any more; and when there is too much of what is over, the oldest of it.</summary>
    private List<Incident> Forgotten()
    {
        var now = _clock.Now;
        var excess = _incidents.Values.Where(i => i.EndedAt is not null).OrderByDescending(i => i.EndedAt).Skip(MostEnded);
        return [.. _incidents.Values.Where(i => IncidentRules.IsForgotten(i, IsWanted(i), _options.ResolveAfter, now)).Union(excess)];
    }

    private async Task ReadQuietAsync()
    {
        if (_quietReadAt is { } at && _clock.Monotonic - at < QuietAge)
        {
            return;
        }

        _quiet = await _keeper.QuietAsync();
        _quietReadAt = _clock.Monotonic;
    }

    private bool IsSilenced(Incident incident, DateTimeOffset now) => _quiet.Covering(incident, now) is not null;

    private bool IsWanted(Incident incident)
    {
        var now = _clock.Now;
        return _channels.Any(c => IncidentRules.WantedBy(incident, c.Name, c.Route, TimesOf(c), IsSilenced(incident, now), now) is not null);
    }

    private AlertTimes TimesOf(AlertChannel channel) => new(_options.UpdateEvery, channel.Sink.RepeatEvery);
}
