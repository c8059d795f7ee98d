using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;
using OrleansHealing.Telemetry;
using StackExchange.Redis;

namespace OrleansHealing.Benchmarks;

/// <summary>
/// How many heartbeats and checkpoints one silo's writer gets accepted by one store, against what redis-benchmark gets through to the same
/// server: the same ZADD with 64 in a pipeline, and the same bytes by SET. A heartbeat is measured all the way from the body's <c>Beat()</c>, but
/// without the silo's pump: whoever offers them here does so as fast as they are taken.
/// </summary>
internal sealed class ThroughputBenchmark : IAsyncDisposable
{
    private const int CheckpointLength = 1024;
    private const int Limit = 500_000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly SupervisionPolicy Policy = new HealingOptions().ToPolicy();

    private static readonly RedisKey Deadlines = new StoreKeys(new HealingOptions().KeyPrefix, 0).Deadlines;

    private readonly string _root = Directory.CreateTempSubdirectory("healing-bench-").FullName;
    private readonly string _kind;
    private readonly AgentId[] _ids;
    private readonly ServiceProvider _meters = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private StoreProcess _process = null!;
    private StoreConnection _connection = null!;
    private HeartbeatStore _store = null!;
    private StoreClock _clock = null!;
    private HealingMetrics _metrics = null!;

    private ThroughputBenchmark(string kind, int agents) =>
        (_kind, _ids) = (kind, [.. Enumerable.Range(0, agents).Select(i => AgentId.Parse($"w{i:000000000000}"))]);

    public static async Task<IReadOnlyList<Figure>> RunAsync(string kind, int agents, int rounds, TimeSpan duration, CancellationToken cancellation)
    {
        await using var benchmark = new ThroughputBenchmark(kind, agents);
        await benchmark.StartAsync();
        var (beats, limits, cpu) = (new List<double>(), new List<double>(), new List<double>());
        var (saves, saveLimits) = (new List<double>(), new List<double>());
        for (var i = 0; i < rounds; i++)
        {
            limits.Add(await benchmark.LimitOfBeatsAsync());
            var (rate, spent) = await benchmark.BeatAsync(duration, cancellation);
            beats.Add(rate);
            cpu.Add(spent);
            saveLimits.Add(await benchmark.LimitOfSavesAsync());
            saves.Add(await benchmark.SaveAsync(duration, cancellation));
        }

        var (beat, limit) = (Report.Percentile(beats, 0.5), Report.Percentile(limits, 0.5));
        var (save, saveLimit) = (Report.Percentile(saves, 0.5), Report.Percentile(saveLimits, 0.5));
        return
        [
            new(kind, $"heartbeats accepted, {agents} agents, median of {rounds}", beat, "/s"),
            new(kind, "the same ZADD by redis-benchmark -P 64", limit, "/s"),
            new(kind, "share of that", beat / limit, "", ">= 0.9"),
            new(kind, "processor time for each accepted heartbeat", Report.Percentile(cpu, 0.5), "us"),
            new(kind, $"checkpoints of {CheckpointLength} B saved, median of {rounds}", save, "/s"),
            new(kind, "SET of the same bytes by redis-benchmark -P 64", saveLimit, "/s"),
            new(kind, "share of that", save / saveLimit, "", ">= 0.8"),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        await (_connection?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _meters.DisposeAsync();
        _process?.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private async Task StartAsync()
    {
        _process = await StoreProcess.StartAsync(_kind, _root, hasReplica: false);
        var options = Options.Create(new HealingOptions { ConnectionString = $"127.0.0.1:{_process.Port}{_process.Suffix}", StoreTimeout = TimeSpan.FromSeconds(30) });
        _connection = new StoreConnection(options);
        _clock = new StoreClock(TimeProvider.System, NullLogger<StoreClock>.Instance);
        _metrics = new HealingMetrics(_meters.GetRequiredService<IMeterFactory>());
        _store = new HeartbeatStore(_connection, _clock, new RecordCodec(_metrics, NullLogger<RecordCodec>.Instance), options);
        await _store.SynchronizeClockAsync();
        var database = (await _connection.GetAsync()).GetDatabase();
        foreach (var chunk in _ids.Chunk(1000))
        {
            await database.SortedSetAddAsync(Deadlines, Array.ConvertAll(chunk, id => new SortedSetEntry(StoreKeys.Member(id, 1), 1)));
        }
    }

    private Task<double> LimitOfBeatsAsync() => RedisBenchmark.RunAsync(
        _process, Limit, _ids.Length, "ZADD", Deadlines.ToString(), "XX", "CH", "17__rand_int__", "w__rand_int__#1");

    private Task<double> LimitOfSavesAsync() => RedisBenchmark.RunAsync(_process, Limit, _ids.Length, "SET", "w__rand_int__", new string('x', CheckpointLength));

    /// <returns>Accepted heartbeats a second, and the processor time that this process took for each, us.</returns>
    private async Task<(double Rate, double Cpu)> BeatAsync(TimeSpan duration, CancellationToken cancellation)
    {
        using var accepted = new AcceptedBeats(_meters.GetRequiredService<IMeterFactory>());
        using var writer = new HeartbeatWriter(_store, _metrics, Options.Create(new HealingOptions()), TimeProvider.System, NullLogger<HeartbeatWriter>.Instance);
        await writer.StartAsync(cancellation);
        var promises = Array.ConvertAll(_ids, _ => new Promise(1, "bench", Policy));
        var slots = Array.ConvertAll(_ids, id => writer.Open(id, 1, () => throw new InvalidOperationException("A heartbeat was refused.")));
        Array.ForEach(promises, promise => promise.Next(_clock.Now));

        var clock = new Stopwatch();
        var (first, cpu) = (0L, TimeSpan.Zero);
        for (var warmUp = true; warmUp || clock.Elapsed < duration;)
        {
            cancellation.ThrowIfCancellationRequested();
            for (var i = 0; i < slots.Length; i++)
            {
                var now = _clock.Now;
                promises[i].GotOn(now, null);
                var (deadline, record) = promises[i].Next(now);
                writer.Offer(slots[i], deadline.ToUnixTimeMilliseconds(), record, now.ToUnixTimeMilliseconds());
            }

            await Task.Delay(Pause, cancellation);
            if (warmUp && accepted.Count > slots.Length)
            {
                warmUp = false;
                (first, cpu) = (accepted.Count, Process.GetCurrentProcess().TotalProcessorTime);
                clock.Start();
            }
        }

        var (count, took) = (accepted.Count - first, clock.Elapsed);
        var spent = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        await writer.StopAsync(cancellation);
        return (count / took.TotalSeconds, spent.TotalMicroseconds / count);
    }

    /// <returns>Checkpoints saved a second.</returns>
    private async Task<double> SaveAsync(TimeSpan duration, CancellationToken cancellation)
    {
        const int AtOnce = 8 * 64;
        var state = JsonText.Parse($"\"{new string('x', CheckpointLength)}\"");
        var clock = Stopwatch.StartNew();
        var sequence = 0L;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
        {
            while (clock.Elapsed < duration)
            {
                cancellation.ThrowIfCancellationRequested();
                var next = Interlocked.Increment(ref sequence);
                var checkpoint = new Checkpoint { Incarnation = 1, Sequence = next, At = _clock.Now, State = state };
                if (!await _store.SaveCheckpointAsync(_ids[next % _ids.Length], checkpoint))
                {
                    throw new InvalidOperationException("A checkpoint was refused.");
                }
            }
        }));
        return sequence / clock.Elapsed.TotalSeconds;
    }

    /// <summary>Counts what the writer's metric counts.</summary>
    private sealed class AcceptedBeats : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _count;

        public AcceptedBeats(IMeterFactory factory)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "healing.heartbeats" && instrument.Meter.Scope == factory)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((_, accepted, _, _) => Interlocked.Add(ref _count, accepted));
            _listener.Start();
        }

        public long Count => Interlocked.Read(ref _count);

        public void Dispose() => _listener.Dispose();
    }
}
