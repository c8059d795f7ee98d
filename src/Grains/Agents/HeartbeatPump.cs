using Microsoft.Extensions.Logging;

namespace OrleansHealing.Agents;

/// <summary>
/// Ticks for all bodies of this silo, each at its own period: one timer that sleeps until the next is due, in place of one for each grain.
/// It runs on the thread pool, as the bodies do: a silo whose pool is blocked must not look well. Safe to call from any thread.
/// </summary>
internal sealed partial class HeartbeatPump : IDisposable
{
    // Who is due within the same of these is ticked for together. A period is never made longer by it, and shorter by one at most.
    private static readonly TimeSpan Coarse = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Fine = TimeSpan.FromMilliseconds(10);

    // Those that beat more often need the finer ones.
    private static readonly TimeSpan CoarseFrom = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, List<Pulse>> _due = [];
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger<HeartbeatPump> _logger;
    private readonly ITimer _timer;
    private readonly long _origin;
    private long _wakesAt = long.MaxValue;
    private bool _isTicking;
    private bool _isDisposed;

    public HeartbeatPump(TimeProvider time, Random random, ILogger<HeartbeatPump> logger)
    {
        (_time, _random, _logger) = (time, random, logger);
        _origin = time.GetTimestamp();
        _timer = time.CreateTimer(static pump => ((HeartbeatPump)pump!).TickAll(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ticks at a period from now on, until <paramref name="tick"/> says that it is over, or what this returns is disposed of.</summary>
    /// <param name="period">Between two ticks; the first comes within it, at random, since bodies that start together would beat in step for ever.</param>
    /// <param name="tick">Called on the thread pool, never twice at once. Must not block. Returns whether to go on.</param>
    public IDisposable Start(TimeSpan period, Func<bool> tick)
    {
        var step = (period >= CoarseFrom ? Coarse : Fine).Ticks;
        var pulse = new Pulse(Math.Max(period.Ticks, step), step, tick);
        lock (_lock)
        {
            Put(pulse, Now() + (long)(pulse.Period * _random.NextDouble()));
            Arm();
        }

        return pulse;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
        }

        _timer.Dispose();
    }

    private void TickAll()
    {
        List<Pulse> pulses;
        long began;
        lock (_lock)
        {
            _isTicking = true;
            began = Now();
            pulses = TakeDue(began);
        }

        var remaining = pulses.FindAll(GoesOn);
        lock (_lock)
        {
            foreach (var pulse in remaining)
            {
                // Whoever comes late by more than a period does not make up for the ticks that were missed.
                var next = pulse.DueAt + pulse.Period;
                Put(pulse, next > began ? next : began + pulse.Period);
            }

            _isTicking = false;
            _wakesAt = long.MaxValue;
            Arm();
        }
    }

    private List<Pulse> TakeDue(long now)
    {
        var pulses = new List<Pulse>();
        while (_due.Count > 0)
        {
            var (dueAt, together) = _due.First();
            if (dueAt > now)
            {
                break;
            }

            pulses.AddRange(together);
            _due.Remove(dueAt);
        }

        return pulses;
    }

    private bool GoesOn(Pulse pulse)
    {
        try
        {
            return pulse.Tick is { } tick && tick();
        }
        catch (Exception e)
        {
            // One body that cannot be ticked for must not keep the others from it. It goes on: its deadline tells whether that helps.
            LogTickFailed(_logger, e);
            return true;
        }
    }

    private void Put(Pulse pulse, long at)
    {
        pulse.DueAt = at - (at % pulse.Step);
        if (!_due.TryGetValue(pulse.DueAt, out var together))
        {
            _due[pulse.DueAt] = together = [];
        }

        together.Add(pulse);
    }

    private void Arm()
    {
        if (_isTicking || _isDisposed || _due.Count == 0 || _due.First().Key is var next && next >= _wakesAt)
        {
            return;
        }

        _wakesAt = next;
        var wait = TimeSpan.FromTicks(Math.Max(0, next - Now()));

        // Timers of .NET count in whole milliseconds; one that comes too early would find nobody due.
        _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
    }

    private long Now() => _time.GetElapsedTime(_origin).Ticks;

    [LoggerMessage(1149, LogLevel.Error, "A heartbeat could not be made")]
    private static partial void LogTickFailed(ILogger logger, Exception exception);

    private sealed class Pulse(long period, long step, Func<bool> tick) : IDisposable
    {
        private volatile Func<bool>? _tick = tick;

        public long Period { get; } = period;

        public long Step { get; } = step;

        /// <summary>Null once it is disposed of: what it ticked for is let go of, though its moment is still to come.</summary>
        public Func<bool>? Tick => _tick;

        public long DueAt { get; set; }

        public void Dispose() => _tick = null;
    }
}
