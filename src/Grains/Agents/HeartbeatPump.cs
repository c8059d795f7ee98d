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

    // Lists of thousands are dear to make anew at each tick.
    private const int MostSpare = 32;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, List<Pulse>> _due = [];
    private readonly Stack<List<Pulse>> _spare = [];
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

    /// <summary>Ticks at a period from now on, until <paramref name="beating"/> says that it is over.</summary>
    /// <param name="period">Between two ticks; the first comes within it, at random, since bodies that start together would beat in step for ever.</param>
    /// <param name="beating">For whom.</param>
    public void Start(TimeSpan period, IBeating beating)
    {
        var step = (period >= CoarseFrom ? Coarse : Fine).Ticks;
        var pulse = new Pulse(beating, Math.Max(period.Ticks, step), step);
        lock (_lock)
        {
            Put(pulse, Now() + (long)(pulse.Period * _random.NextDouble()));
            Arm();
        }
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
        List<List<Pulse>> due;
        long began;
        lock (_lock)
        {
            _isTicking = true;
            began = Now();
            due = TakeDue(began);
        }

        due.ForEach(together => together.RemoveAll(pulse => !GoesOn(pulse)));
        lock (_lock)
        {
            foreach (var together in due)
            {
                foreach (var pulse in together)
                {
                    // Whoever comes late by more than a period does not make up for the ticks that were missed.
                    var next = pulse.DueAt + pulse.Period;
                    Put(pulse, next > began ? next : began + pulse.Period);
                }

                together.Clear();
                if (_spare.Count < MostSpare)
                {
                    _spare.Push(together);
                }
            }

            _isTicking = false;
            _wakesAt = long.MaxValue;
            Arm();
        }
    }

    private List<List<Pulse>> TakeDue(long now)
    {
        var due = new List<List<Pulse>>();
        while (_due.Count > 0)
        {
            var (dueAt, together) = _due.First();
            if (dueAt > now)
            {
                break;
            }

            due.Add(together);
            _due.Remove(dueAt);
        }

        return due;
    }

    private bool GoesOn(Pulse pulse)
    {
        try
        {
            return pulse.Beating.Tick();
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
        var dueAt = at - (at % pulse.Step);
        if (!_due.TryGetValue(dueAt, out var together))
        {
            _due[dueAt] = together = _spare.TryPop(out var spare) ? spare : [];
        }

        together.Add(pulse with { DueAt = dueAt });
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

    // A value, so that those who are due together lie beside each other: with a hundred thousand of them it is the way to memory that counts.
    private readonly record struct Pulse(IBeating Beating, long Period, long Step)
    {
        public long DueAt { get; init; }
    }
}
