using Microsoft.Extensions.Logging;
using OrleansHealing.Heartbeats;
using OrleansHealing.Telemetry;

namespace OrleansHealing.Alerts;

/// <summary>
/// Tells one sink, one thing at a time. A sink that does not answer is left alone for longer and longer, up to a minute, and holds up
/// no other.
/// </summary>
internal sealed partial class AlertLane(
    AlertChannel channel, AlertDesk desk, AlertLetter letter, StoreClock clock, TimeProvider time, Random random, HealingMetrics metrics, ILogger<AlertLane> logger)
{
    private const int MostDoublings = 6;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RefusedWait = TimeSpan.FromMinutes(10);

    private TaskCompletionSource _wake = new();
    private int _failures;
    private bool _hasAsked;
    private TimeSpan _notBefore;

    /// <summary>Runs until it is to stop, or another desk has the say.</summary>
    /// <param name="stop">Nothing more is begun. What is under way goes on: broken off, it might be told and not noted.</param>
    /// <param name="abort">What is under way is broken off.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken abort)
    {
        desk.Changed += Wake;
        try
        {
            while (true)
            {
                Volatile.Write(ref _wake, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
                stop.ThrowIfCancellationRequested();
                if (!await TryTellAsync(abort))
                {
                    await RestAsync(stop);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Its supervisor ends, or its silo.
        }
        catch (SupersededException)
        {
            // Whoever has the partition now tells the rest.
        }
        finally
        {
            desk.Changed -= Wake;
        }
    }

    /// <returns>Whether there may be more at once.</returns>
    private async Task<bool> TryTellAsync(CancellationToken abort)
    {
        try
        {
            if (!clock.IsSynchronized || clock.Monotonic < _notBefore || IsBusyStill() || desk.NextFor(channel) is not { } next)
            {
                return false;
            }

            // One that was frozen must not tell what another has told meanwhile.
            await desk.ConfirmAsync();
            return await TellAsync(next.Incident, next.State, abort);
        }
        catch (Exception e) when (StoreOutage.IsNobodysFault(e))
        {
            // What was told and could not be noted is told again, under the same key.
            return false;
        }
        catch (Exception e) when (e is not (SupersededException or OperationCanceledException))
        {
            // A lane that ends tells nobody any more.
            LogBroken(logger, e, channel.Name);
            _notBefore = clock.Monotonic + LongestWait;
            return false;
        }
    }

    private async Task<bool> TellAsync(Incident incident, AlertState state, CancellationToken abort)
    {
        try
        {
            await channel.DeliverAsync(letter.Of(incident, state), time, abort);
        }
        catch (AlertSinkException e)
        {
            await NoteFailureAsync(incident, state, e);
            return e.IsRefusal;
        }

        (_failures, _notBefore) = (0, TimeSpan.Zero);
        metrics.AlertSent(channel.Kind, state, "ok");
        LogTold(logger, channel.Name, state, incident.Key);
        await desk.NoteAsync(channel, incident, _ => new Telling { State = state, Revision = incident.Revision, At = clock.Now });
        return true;
    }

    private Task NoteFailureAsync(Incident incident, AlertState state, AlertSinkException error)
    {
        metrics.AlertSent(channel.Kind, state, error.IsRefusal ? "refused" : "failed");
        var wait = error.IsRefusal ? RefusedWait : WaitAfter(error);
        var until = clock.Now + wait;
        if (!error.IsRefusal)
        {
            _notBefore = clock.Monotonic + wait;
        }

        LogFailed(logger, channel.Name, state, incident.Key, error.Message, wait.TotalSeconds);
        return desk.NoteAsync(channel, incident, told => told with { Error = error.Message, NotBefore = until, IsRefused = error.IsRefusal });
    }

    /// <summary>Once: whether the sink has asked a lane before this one to be left alone.</summary>
    private bool IsBusyStill()
    {
        if (_hasAsked)
        {
            return false;
        }

        _hasAsked = true;
        var left = desk.BusyUntil(channel) - clock.Now;
        _notBefore = left > TimeSpan.Zero ? clock.Monotonic + left.Value : TimeSpan.Zero;
        return left > TimeSpan.Zero;
    }

    private TimeSpan WaitAfter(AlertSinkException error)
    {
        var grown = FirstWait * Math.Pow(2, Math.Min(_failures++, MostDoublings));
        var wait = (grown < LongestWait ? grown : LongestWait) * (0.8 + (0.4 * random.NextDouble()));
        return error.RetryAfter is { } asked && asked > wait ? (asked < IncidentRules.MostPatience ? asked : IncidentRules.MostPatience) : wait;
    }

    private void Wake() => Volatile.Read(ref _wake).TrySetResult();

    private async Task RestAsync(CancellationToken stop)
    {
        try
        {
            await _wake.Task.WaitAsync(Look, time, stop);
        }
        catch (TimeoutException)
        {
            // A look on the off chance: time alone may have made something due.
        }
    }

    [LoggerMessage(1400, LogLevel.Debug, "Sink {Sink} was told that {Key} is {State}")]
    private static partial void LogTold(ILogger logger, string sink, AlertState state, string key);

    [LoggerMessage(1402, LogLevel.Error, "What sink {Sink} was to be told could not be told; it is tried again in a minute")]
    private static partial void LogBroken(ILogger logger, Exception exception, string sink);

    [LoggerMessage(1401, LogLevel.Warning, "Sink {Sink} was not told that {Key} is {State}: {Error}. It is tried again in {Seconds} s")]
    private static partial void LogFailed(ILogger logger, string sink, AlertState state, string key, string error, double seconds);
}
