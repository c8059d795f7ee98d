using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansHealing.Telemetry;

namespace OrleansHealing.Hosting;

/// <summary>
/// Keeps one agent that blocks the thread pool from silencing all others of its silo. Everything here, Orleans and the heartbeats
/// included, runs on the pool, which adds a thread or two a second to one whose threads are all blocked; a few hundred blocked work
/// items then last for minutes. So a thread outside of the pool looks whether work waits for long, and lets the pool make more
/// threads at once. When even that does not help, the silo says that it is starved, its beats stay away, and its agents are moved.
/// </summary>
public sealed partial class PoolWatch : IHostedService, IDisposable
{
    /// <summary>The most threads that it lets the pool make at once.</summary>
    public const int MostThreads = 1024;

    // Bodies of agents may block their threads: with one thread a core, two of them would hold up everything else for a second.
    private const int LeastThreads = 32;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    private readonly PoolPressure _pressure = new(MostThreads);
    private readonly ManualResetEventSlim _stop = new();
    private readonly HealingMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<PoolWatch> _logger;
    private Probe? _probe;
    private int _isStarved;
    private int _threads;

    /// <summary>Made by the host.</summary>
    public PoolWatch(HealingMetrics metrics, TimeProvider time, ILogger<PoolWatch> logger)
    {
        _metrics = metrics;
        _time = time;
        _logger = logger;
        NormalThreads = _threads = MakeRoom();
    }

    /// <summary>Whether work in the pool waits for a thread at the moment, and has for most of a second.</summary>
    public bool IsStarved => Volatile.Read(ref _isStarved) == 1;

    /// <summary>The threads that the pool makes without a pause.</summary>
    public int Threads => Volatile.Read(ref _threads);

    /// <summary>
    /// Lets the pool make as many threads without a pause as a process needs in which some may be blocked. Not a setting of the
    /// project file: that one would be forced on the process, and could not be raised while it runs.
    /// </summary>
    /// <returns>How many those are.</returns>
    public static int MakeRoom()
    {
        ThreadPool.GetMinThreads(out var threads, out var completionThreads);
        var room = Math.Max(threads, LeastThreads);
        ThreadPool.SetMinThreads(room, completionThreads);
        return room;
    }

    /// <summary>The same when this came up.</summary>
    public int NormalThreads { get; }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        new Thread(Watch) { IsBackground = true, Name = "healing-pool-watch", Priority = ThreadPriority.AboveNormal }.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _stop.Set();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // The event itself is left to the collector: the thread may be waiting on it at this moment.
        _stop.Set();
    }

    private void Watch()
    {
        while (!_stop.Wait(Period))
        {
            Look();
        }
    }

    private void Look()
    {
        var isWaiting = _probe is { IsServed: false };
        var threads = _pressure.Look(isWaiting, Threads);
        if (threads != Threads)
        {
            ThreadPool.GetMinThreads(out _, out var completionThreads);
            ThreadPool.SetMinThreads(threads, completionThreads);
            LogMoreThreads(_logger, Threads, threads);
            Volatile.Write(ref _threads, threads);
        }

        if (Interlocked.Exchange(ref _isStarved, _pressure.IsStarved ? 1 : 0) == 0 && _pressure.IsStarved)
        {
            _metrics.PoolStarved();
        }

        if (!isWaiting)
        {
            _probe = new Probe(_time, _metrics);
            ThreadPool.UnsafeQueueUserWorkItem(_probe, preferLocal: false);
        }
    }

    private sealed class Probe(TimeProvider time, HealingMetrics metrics) : IThreadPoolWorkItem
    {
        private readonly long _asked = time.GetTimestamp();
        private int _isServed;

        public bool IsServed => Volatile.Read(ref _isServed) == 1;

        public void Execute()
        {
            Volatile.Write(ref _isServed, 1);
            metrics.PoolAnswered(time.GetElapsedTime(_asked));
        }
    }

    [LoggerMessage(1035, LogLevel.Warning, "The thread pool is starved: bodies of agents block its threads. It may make {Threads} at once instead of {Before}")]
    private static partial void LogMoreThreads(ILogger logger, int before, int threads);
}
