using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrleansHealing.Agents;
using OrleansHealing.Backends;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;
using OrleansHealing.Telemetry;
using OrleansHealing.Tests.Fleet;
using OrleansHealing.Tests.Heartbeats;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Agents;

/// <summary>A body that ends by itself just while it is handed over: it is told how it ended, and its work is not begun again elsewhere.</summary>
public sealed class HandOverTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource _begun = Signal();
    private readonly TaskCompletionSource _end = Signal();
    private readonly TaskCompletionSource _graceAsked = Signal();
    private readonly TaskCompletionSource _graceGiven = Signal();
    private readonly TaskCompletionSource _told = Signal();
    private readonly TaskCompletionSource _disposing = Signal();
    private readonly TaskCompletionSource _disposed = Signal();
    private readonly ConcurrentQueue<IncarnationReport> _reports = [];
    private int _refusals;

    [Theory]
    [InlineData(false, nameof(ReportKind.Returned), FailureReason.Exited)]
    [InlineData(true, nameof(ReportKind.Failed), FailureReason.Crashed)]
    public async Task Drain_BodyThatEndsMeanwhile_IsToldAsItEndedAndAsNothingElse(bool throws, string kind, FailureReason reason)
    {
        using var metrics = TestStore.Metrics();
        var run = CreateRun(metrics);
        run.Begin(Task.CompletedTask);
        await SeeAsync(_begun, "its body to run");

        var drain = run.DrainAsync("silo-1 handed it over");
        await SeeAsync(_graceAsked, "the hand-over to ask for its grace");
        End(throws);
        await SeeAsync(_told, "its end to be told");
        _graceGiven.SetResult();
        await drain;

        var told = Assert.Single(_reports);
        Assert.Equal((kind, reason), (told.Kind.ToString(), told.Reason));
    }

    [Theory]
    [InlineData(false, nameof(ReportKind.Returned), FailureReason.Exited)]
    [InlineData(true, nameof(ReportKind.Failed), FailureReason.Crashed)]
    public async Task Drain_WhileABodyThatEndedIsDisposedOf_IsToldAsItEnded(bool throws, string kind, FailureReason reason)
    {
        using var metrics = TestStore.Metrics();
        var run = CreateRun(metrics, disposal: _disposed.Task);
        run.Begin(Task.CompletedTask);
        await SeeAsync(_begun, "its body to run");
        End(throws);
        await SeeAsync(_disposing, "its disposal to begin");
        Assert.Equal((true, false), (run.IsActive, run.IsAtWork));

        var drain = run.DrainAsync("silo-1 handed it over");
        Assert.Empty(_reports);
        _disposed.SetResult();
        await drain;

        var told = Assert.Single(_reports);
        Assert.Equal((kind, reason), (told.Kind.ToString(), told.Reason));
    }

    [Fact]
    public async Task End_WhereSomethingElseStandsUnderAKey_IsToldOnceThatIsSetAside()
    {
        using var metrics = TestStore.Metrics();
        _refusals = 2;
        var run = CreateRun(metrics);
        run.Begin(Task.CompletedTask);
        await SeeAsync(_begun, "its body to run, as it is no fault of the agent's");

        _refusals = 2;
        End(throws: true);

        await SeeAsync(_told, "its end to be told");
        Assert.Equal(FailureReason.Crashed, Assert.Single(_reports).Reason);
    }

    [Fact]
    public async Task End_OfABodyWhoseDisposalHangs_IsToldAfterItsGrace()
    {
        using var metrics = TestStore.Metrics();
        var run = CreateRun(metrics, Given.Policy with { StopGrace = TimeSpan.FromMilliseconds(50) }, _disposed.Task);
        run.Begin(Task.CompletedTask);
        await SeeAsync(_begun, "its body to run");

        End(throws: true);

        await SeeAsync(_told, "its end to be told");
        Assert.Equal(FailureReason.Crashed, Assert.Single(_reports).Reason);
        _disposed.SetResult();
    }

    [Fact]
    public async Task Drain_BodyThatRuns_IsToldAsDrained()
    {
        using var metrics = TestStore.Metrics();
        var run = CreateRun(metrics);
        run.Begin(Task.CompletedTask);
        await SeeAsync(_begun, "its body to run");

        _graceGiven.SetResult();
        await run.DrainAsync("silo-1 handed it over");

        Assert.Equal(FailureReason.Drained, Assert.Single(_reports).Reason);
    }

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static async Task SeeAsync(TaskCompletionSource signal, string awaited)
    {
        try
        {
            await signal.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"Awaited for {Patience.TotalSeconds} s: {awaited}.");
        }
    }

    private void End(bool throws)
    {
        if (throws)
        {
            _end.SetException(new InvalidOperationException("it broke"));
        }
        else
        {
            _end.SetResult();
        }
    }

    private AgentRun CreateRun(HealingMetrics metrics, SupervisionPolicy? policy = null, Task? disposal = null)
    {
        var options = Options.Create(new HealingOptions());
        var time = TimeProvider.System;
        var clock = new StoreClock(time, NullLogger<StoreClock>.Instance);
        clock.Observe(Given.Now, clock.Monotonic, clock.Monotonic);
        var store = Store();
        var membership = Stub.Of<IClusterMembershipService>(
            (nameof(IClusterMembershipService.CurrentSnapshot), _ => new ClusterMembershipSnapshot(ImmutableDictionary<SiloAddress, ClusterMember>.Empty, new(1))));
        var host = new AgentHost(
            new AgentKinds([new AgentKind("test", _ => new Body(this, disposal ?? Task.CompletedTask), [], new PolicySettings())], options), store,
            new HeartbeatWriter(store, metrics, options, time, NullLogger<HeartbeatWriter>.Instance),
            new HeartbeatPump(time, new Random(1), NullLogger<HeartbeatPump>.Instance), clock, new SupervisorNudge(null!, membership, 1, time),
            new Reinstatements(null!, 1), new LocalSilo(Given.Host, "silo-1"), new StoreMemory(), metrics, new SilenceRecorder(clock, 1), new RemoteRuns(), options,
            new ServiceCollection().BuildServiceProvider().GetRequiredService<IServiceScopeFactory>(), time, new Random(1), NullLoggerFactory.Instance);
        return host.CreateRun(new AgentStart { Definition = Given.Definition with { Kind = "test" }, Policy = policy ?? Given.Policy, Incarnation = Given.Incarnation });
    }

    private IHeartbeatStore Store() => Stub.Of<IHeartbeatStore>(
        (nameof(IHeartbeatStore.Partitions), _ => 1),
        (nameof(IHeartbeatStore.ClaimAsync), _ => UnlessRefused()),
        (nameof(IHeartbeatStore.BeatAsync), _ => GiveGraceAsync()),
        (nameof(IHeartbeatStore.ReportAsync), args =>
        {
            var answer = UnlessRefused();
            if (answer.IsCompletedSuccessfully)
            {
                _reports.Enqueue((IncarnationReport)args[1]!);
                _told.TrySetResult();
            }

            return answer;
        }
    ));

    private Task<bool> UnlessRefused() => Interlocked.Decrement(ref _refusals) < 0
        ? Task.FromResult(true)
        : Task.FromException<bool>(new StackExchange.Redis.RedisServerException("WRONGTYPE Operation against a key holding the wrong kind of value"));

    private async Task<IReadOnlyList<int>> GiveGraceAsync()
    {
        _graceAsked.SetResult();
        await _graceGiven.Task;
        return [];
    }

    private sealed class Body(HandOverTests test, Task disposal) : IWorkerAgent, IAsyncDisposable
    {
        public Task RunAsync(AgentContext context, CancellationToken cancellationToken)
        {
            test._begun.SetResult();
            return test._end.Task.WaitAsync(cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            test._disposing.SetResult();
            await disposal;
        }
    }
}
