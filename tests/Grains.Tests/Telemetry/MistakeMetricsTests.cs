using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;
using OrleansHealing.Telemetry;
using OrleansHealing.Tests.Heartbeats.Contract;
using OrleansHealing.Tests.Hosting;
using StackExchange.Redis;

namespace OrleansHealing.Tests.Telemetry;

/// <summary>Mistakes of the failure detector are measured by the incarnations that they hit, in a cluster on a real store.</summary>
public sealed class MistakeMetricsTests(GarnetStore store) : IAsyncLifetime
{
    private static readonly AgentId Id = AgentId.Parse("sleeper");

    // Beats rarely, so that a deadline that the test sets in the store stands long enough to be seen.
    private static readonly PolicySettings Slow = new() { HeartbeatSeconds = 4, TimeoutSeconds = 5 };

    private readonly ConcurrentDictionary<string, double> _measured = new();
    private readonly MeterListener _listener = new();
    private HealingCluster _cluster = null!;
    private ConnectionMultiplexer _store = null!;

    private IFleetGrain Fleet => _cluster.Fleet;

    public async ValueTask InitializeAsync()
    {
        _cluster = await HealingCluster.StartAsync(store, healing => healing.AddAgent<Sleeper>("sleeper"), maxSleep: TimeSpan.FromMilliseconds(50));
        _store = await ConnectionMultiplexer.ConnectAsync(_cluster.Connection);
        Listen();
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _cluster.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Successor_OfABodyThatWasGivenUpOnForSilenceAndLives_IsMeasuredAsAMistake()
    {
        await _cluster.SpawnAsync(Id, "sleeper", Slow);
        await SeeAsync("to be healthy", a => a.Status is AgentStatus.Healthy);

        await MissDeadlineAsync(1);
        Assert.Equal(FailureReason.Silent, (await Fleet.DescribeAsync(Id))!.Agent.LastFailure!.Reason);
        await HealingCluster.UntilAsync("the mistake to be measured", () => Measured("healing.detect.mistakes") == 1, () => string.Join(' ', _measured));
        Assert.InRange(Measured("healing.detect.mistake.duration"), 0.9, 60);
        Assert.InRange(Measured("healing.detect.overdue"), 0.9, 60);
        Assert.Equal(0, Measured("healing.detect.mistake.recurrence"));

        await MissDeadlineAsync(2);
        await HealingCluster.UntilAsync("the second mistake to be measured", () => Measured("healing.detect.mistakes") == 2, () => string.Join(' ', _measured));
        Assert.InRange(Measured("healing.detect.mistake.recurrence"), 0.001, 120);
    }

    [Fact]
    public async Task Successor_OfABodyThatWasMadeSilent_IsNoMistake()
    {
        await _cluster.SpawnAsync(Id, "sleeper", Slow);
        await SeeAsync("to be healthy", a => a.Status is AgentStatus.Healthy);
        await Fleet.CrashAsync(Id, CrashMode.Silent, "anna");

        await MissDeadlineAsync(1);
        await SeeAsync("to be healthy as incarnation 2", a => a is { Status: AgentStatus.Healthy, Incarnation: 2, LastFailure.Reason: FailureReason.Silent });

        // One that is a mistake comes after it, so that what was measured of the first would be seen by then.
        await MissDeadlineAsync(2);
        await HealingCluster.UntilAsync("a mistake to be measured", () => Measured("healing.detect.mistakes") >= 1, () => string.Join(' ', _measured));
        Assert.Equal(1, Measured("healing.detect.mistakes"));
    }

    /// <summary>As if the beats of a body that lives got lost, until it is given up on: its deadline was a second ago.</summary>
    private Task MissDeadlineAsync(long incarnation) => HealingCluster.UntilAsync(
        $"incarnation {incarnation} to be given up on",
        async () =>
        {
            await _store.GetDatabase().SortedSetAddAsync(
                new StoreKeys(_cluster.Prefix, 0).Deadlines,
                StoreKeys.Member(Id, incarnation),
                _cluster.Silos.GetSiloServiceProvider().GetRequiredService<StoreClock>().Now.AddSeconds(-1).ToUnixTimeMilliseconds(),
                SortedSetWhen.Exists);
            return (await Fleet.DescribeAsync(Id))!.Agent.Incarnation > incarnation;
        },
        () => string.Join(' ', _measured));

    private double Measured(string instrument) => _measured.GetValueOrDefault(instrument);

    private void Listen()
    {
        var own = _cluster.Silos.GetSiloServiceProvider().GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Other tests of this process have meters of the same name.
            if (instrument.Meter.Name == HealingMetrics.MeterName && ReferenceEquals(instrument.Meter.Scope, own))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => _measured.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value));
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => _measured.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value));
        _listener.Start();
    }

    private Task<AgentView> SeeAsync(string awaited, Func<AgentView, bool> isIt) => _cluster.SeeAsync(Id, awaited, isIt);

    /// <summary>Does nothing until it is told to stop.</summary>
    private sealed class Sleeper : IWorkerAgent
    {
        public Task RunAsync(AgentContext context, CancellationToken cancellationToken) =>
            Task.Delay(Timeout.InfiniteTimeSpan, context.TimeProvider, cancellationToken);
    }
}
