using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Alerts;

/// <summary>What one partition's supervisor has people told: it notes conditions as they come and go, and its lanes tell the sinks.</summary>
internal sealed partial class FleetAlerts(
    int partition, IIncidentStore incidents, IHeartbeatStore store, AlertPost post, StoreClock clock, TimeProvider time, AlertOptions options, int partitions,
    ILogger<FleetAlerts> logger)
    : ICommitWatcher, IAsyncDisposable
{
    private const string PanicSubject = "fleet";
    private const int MostNoted = 200_000;
    private static readonly TimeSpan ReconcileEvery = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);

    private readonly ConcurrentQueue<(AgentSnapshot Before, Decision Decision)> _committed = new();
    private readonly RestartRate _rate = new(options.RestartsPerMinute / (double)partitions);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private AlertDesk? _desk;
    private QuarantineAlerts? _quarantines;
    private Task _lanes = Task.CompletedTask;
    private TimeSpan? _reconciledAt;
    private int _isIncomplete;
    private bool _isTelling;

    /// <inheritdoc/>
    public void Committed(AgentSnapshot before, Decision decision)
    {
        if (!IsOfInterest(before, decision))
        {
            return;
        }

        if (_committed.Count >= MostNoted)
        {
            // What is not noted is found in the store.
            Interlocked.Exchange(ref _isIncomplete, 1);
            return;
        }

        _committed.Enqueue((before, decision));
    }

    /// <summary>Notes what came about since the last turn, and has it told.</summary>
    /// <param name="term">The supervisor's term.</param>
    /// <param name="panic">Why the panic guard is on; null when it is off.</param>
    /// <exception cref="SupersededException">A later supervisor has the partition.</exception>
    public async Task TurnAsync(long term, string? panic)
    {
        try
        {
            await LookAsync(term, panic);
        }
        catch (Exception e) when (StoreOutage.IsWrongType(e))
        {
            // Whoever put it there: the outbox begins anew beside it, and what holds is found in the store again.
            await store.SetWrongTypesAsideAsync(partition, null);
            _desk?.KeepAnew();
            _reconciledAt = null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _lanes.WaitAsync(LastWords, time);
        }
        catch (TimeoutException)
        {
            LogLeft(logger, partition);
            await _abort.CancelAsync();
            await _lanes;
        }

        _stop.Dispose();
        _abort.Dispose();
        _desk?.Dispose();
    }

    private async Task LookAsync(long term, string? panic)
    {
        var desk = _desk ?? await BeginAsync(term);
        if (Volatile.Read(ref _isIncomplete) == 1 || _reconciledAt is not { } at || clock.Monotonic - at > ReconcileEvery)
        {
            var isIncomplete = Interlocked.Exchange(ref _isIncomplete, 0);
            try
            {
                await _quarantines!.ReconcileAsync();
            }
            catch
            {
                Interlocked.Or(ref _isIncomplete, isIncomplete);
                throw;
            }

            _reconciledAt = clock.Monotonic;
        }
        else
        {
            await _quarantines!.GoOnAsync();
        }

        while (_committed.TryDequeue(out var committed))
        {
            Note(committed.Before, committed.Decision);
        }

        if (panic is not null)
        {
            desk.Raise(new Signal(AlertCondition.PanicGuard, PanicSubject, "Too many agents fell silent at once; they are restarted slowly") { Details = panic });
        }
        else
        {
            desk.Over(Signal.KeyOf(AlertCondition.PanicGuard, PanicSubject));
        }

        NoteRate(desk);
        await desk.TurnAsync();
        if (!_isTelling)
        {
            // Not before it is known what holds, and what nobody is to be told of.
            _isTelling = true;
            _lanes = post.RunAsync(desk, partition.ToString(System.Globalization.CultureInfo.InvariantCulture), _stop.Token, _abort.Token);
        }
    }

    private async Task<AlertDesk> BeginAsync(long term)
    {
        var desk = post.CreateDesk(new PartitionIncidents(incidents, store, partition, term));
        await desk.LoadAsync();
        _quarantines = new QuarantineAlerts(partition, store, desk, clock, options);
        _desk = desk;
        return desk;
    }

    private static bool IsOfInterest(AgentSnapshot before, Decision decision) =>
        before.State.Value?.Status is AgentStatus.Quarantined || decision.Next?.Status is AgentStatus.Quarantined
        || decision.Actions.Any(a => a.Action is ActionKind.Restarting);

    private void Note(AgentSnapshot before, Decision decision)
    {
        var was = before.State.Value is { Status: AgentStatus.Quarantined } state ? state : null;
        if (was is not null && decision.Next?.Status is not AgentStatus.Quarantined && !_quarantines!.Leave(before.Id))
        {
            _quarantines.Missed(GivenUp.Of(was, before.Definition.Value));
        }

        if (was is null && decision.Next is { Status: AgentStatus.Quarantined } next)
        {
            _quarantines!.Enter(GivenUp.Of(next, before.Definition.Value));
        }

        // A restart that ends no outage is one that a person or a drain ordered.
        if (decision is { Next: { FailedAt: not null, LastFailure.Reason: not FailureReason.SiloLost } } && decision.Actions.Any(a => a.Action is ActionKind.Restarting))
        {
            _rate.Note(clock.Monotonic);
        }
    }

    private void NoteRate(AlertDesk desk)
    {
        var rate = _rate.At(clock.Monotonic);
        var key = Signal.KeyOf(AlertCondition.RestartRate, PanicSubject);
        if (_rate.Limit <= 0)
        {
            desk.Over(key);
            return;
        }

        if (rate > _rate.Limit && desk.Find(key) is null or { OverAt: not null })
        {
            desk.Raise(new Signal(AlertCondition.RestartRate, PanicSubject, $"Agents are restarted more than {_rate.Limit:0.#} times a minute (partition {partition})")
            {
                Details = FormattableString.Invariant($"{rate:0} a minute over the last five minutes; healing events and the page's causes say why"),
            });
        }
        else if (_rate.HasSeenAll && rate < RestartRate.CalmShare * _rate.Limit)
        {
            desk.Over(key);
        }
    }

    [LoggerMessage(1420, LogLevel.Warning, "A sink of alerts of partition {Partition} did not answer in time; what it was to be told is left to the next supervisor")]
    private static partial void LogLeft(ILogger logger, int partition);
}
