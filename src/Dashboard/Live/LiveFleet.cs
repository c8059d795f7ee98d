using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansHealing.Fleet;

namespace OrleansHealing.Dashboard.Live;

/// <summary>
/// The one reader of the cluster in this process, for all who look at its page: reads while anybody looks, and for a little
/// longer. Each change is written once and given to everybody.
/// </summary>
internal sealed partial class LiveFleet(IGrainFactory grains, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<LiveFleet> logger)
{
    private const long MaxKeptBytes = 8 * 1024 * 1024;
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly LiveState _state = new();
    private readonly HashSet<LiveViewer> _viewers = [];
    private readonly Queue<LiveFrame> _kept = new();
    private LiveFrame? _snapshot;
    private long _keptBytes;
    private long _sequence;
    private string _epoch = "";
    private bool _isReading;
    private long _leftAt;

    /// <summary>Lets a viewer in.</summary>
    /// <param name="lastEventId">The last event that it had, of this process or of another; null or empty for none.</param>
    public LiveViewer Join(string? lastEventId)
    {
        var viewer = new LiveViewer();
        lock (_lock)
        {
            _viewers.Add(viewer);
            Restore(viewer, lastEventId);
            if (!_isReading)
            {
                _isReading = true;
                _ = Task.Run(ReadAsync);
            }
        }

        return viewer;
    }

    /// <summary>Gives a viewer that fell behind the whole fleet. It is behind from the moment on at which it could not be given a frame.</summary>
    public void RestoreIfBehind(LiveViewer viewer)
    {
        lock (_lock)
        {
            if (viewer.IsBehind)
            {
                Restore(viewer, null);
            }
        }
    }

    /// <summary>Lets a viewer go.</summary>
    public void Leave(LiveViewer viewer)
    {
        lock (_lock)
        {
            _viewers.Remove(viewer);
            _leftAt = time.GetTimestamp();
        }
    }

    private void Restore(LiveViewer viewer, string? lastEventId)
    {
        if (_state.IsEmpty)
        {
            // It is given what is read first.
            return;
        }

        viewer.CatchUp(Missed(lastEventId) ?? [Snapshot()]);
    }

    /// <summary>The whole fleet. Many may ask for it at once, as when the silo of their pages died.</summary>
    private LiveFrame Snapshot() => _snapshot ??= LiveFrame.Of(_epoch, _sequence, isSnapshot: true, _state.Whole());

    /// <summary>The frames after an event, if all of them are there still.</summary>
    private LiveFrame[]? Missed(string? lastEventId)
    {
        var dash = lastEventId?.LastIndexOf('-') ?? -1;
        return dash > 0 && lastEventId![..dash] == _epoch && long.TryParse(lastEventId.AsSpan(dash + 1), out var had)
            && had <= _sequence && (had == _sequence || (_kept.TryPeek(out var oldest) && oldest.Sequence <= had + 1))
            ? [.. _kept.Where(f => f.Sequence > had)]
            : null;
    }

    private async Task ReadAsync()
    {
        var stopping = lifetime.ApplicationStopping;
        while (!IsDone(stopping))
        {
            try
            {
                await foreach (var change in grains.GetFleet().WatchAsync().WithCancellation(stopping))
                {
                    Publish(change);
                    if (IsDone(stopping))
                    {
                        return;
                    }
                }

                // Whoever read it stops. The next reading has indexes of its own, which must not be mixed with these.
                await GrowOldAsync("The silo that read the fleet stops.", stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                // The host stops.
            }
            catch (Exception e) when (OutOfReach.Is(e, stopping))
            {
                LogAway(e.Message);
                await GrowOldAsync("The cluster or its store is out of reach.", stopping);
            }
            catch (Exception e)
            {
                // Whatever it was, those who look must not be left with numbers that never change.
                LogFailed(e);
                await GrowOldAsync("The fleet could not be read; the reason is in the silo's log.", stopping);
            }
        }
    }

    /// <summary>Whether nobody looks any more; then whoever comes begins anew.</summary>
    private bool IsDone(CancellationToken stopping)
    {
        lock (_lock)
        {
            if (!stopping.IsCancellationRequested && (_viewers.Count > 0 || time.GetElapsedTime(_leftAt) < Linger))
            {
                return false;
            }

            Forget();
            _isReading = false;
            foreach (var viewer in _viewers)
            {
                viewer.End();
            }

            return true;
        }
    }

    private void Publish(FleetChange change)
    {
        lock (_lock)
        {
            var isFirst = _state.IsEmpty;
            _state.Apply(change);
            _snapshot = null;
            if (isFirst)
            {
                // Indexes are those of one reading, and so are the events that can be resumed from.
                _epoch = Guid.NewGuid().ToString("N")[..12];
                _sequence = 1;
                foreach (var viewer in _viewers)
                {
                    viewer.CatchUp([Snapshot()]);
                }

                return;
            }

            var frame = LiveFrame.Of(_epoch, ++_sequence, isSnapshot: false, change);
            _kept.Enqueue(frame);
            _keptBytes += frame.Bytes.Length;
            while (_keptBytes > MaxKeptBytes && _kept.TryDequeue(out var oldest))
            {
                _keptBytes -= oldest.Bytes.Length;
            }

            foreach (var viewer in _viewers)
            {
                viewer.Offer(frame);
            }
        }
    }

    private async Task GrowOldAsync(string why, CancellationToken stopping)
    {
        lock (_lock)
        {
            Forget();
            var frame = LiveFrame.Stale(why);
            foreach (var viewer in _viewers)
            {
                viewer.CatchUp([frame]);
            }
        }

        await Task.Delay(Retry, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void Forget()
    {
        _state.Clear();
        _snapshot = null;
        _kept.Clear();
        _keptBytes = 0;
        _epoch = "";
    }

    [LoggerMessage(13, LogLevel.Warning, "The fleet cannot be read for the page: {Error}")]
    private partial void LogAway(string error);

    [LoggerMessage(14, LogLevel.Error, "The fleet could not be read for the page")]
    private partial void LogFailed(Exception exception);
}
