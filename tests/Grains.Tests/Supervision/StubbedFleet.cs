using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;
using OrleansHealing.Telemetry;
using OrleansHealing.Tests.Fleet;
using OrleansHealing.Tests.Heartbeats;

namespace OrleansHealing.Tests.Supervision;

/// <summary>The real judge over snapshots that a test lays down, every one of them due; what it does with them is noted.</summary>
internal sealed class StubbedFleet : IDisposable
{
    private readonly HealingMetrics _metrics = TestStore.Metrics();
    private readonly Dictionary<AgentId, AgentSnapshot> _snapshots = [];
    private readonly List<AgentId> _due = [];
    private LastRound _lastRound;

    public StubbedFleet()
    {
        Clock = new StoreClock(Time, NullLogger<StoreClock>.Instance);
        Clock.Observe(Given.Now, Clock.Monotonic, Clock.Monotonic);
        _lastRound = new LastRound(Clock.Now, null, null);
        Judge = new Judge(
            0, Store(), Clock, new AgentKinds([], Options.Create(HealingOptions)), Stub.Of<IBackendOrders>((nameof(IBackendOrders.Start), _ => null)), Silos(),
            _metrics, HealingOptions, new Random(1), NullLogger<Judge>.Instance);
    }

    public FakeTimeProvider Time { get; } = new();

    public StoreClock Clock { get; }

    public HealingOptions HealingOptions { get; } = new();

    public Judge Judge { get; }

    /// <summary>How long the store takes to answer what it holds of some agents.</summary>
    public TimeSpan LoadTakes { get; set; }

    /// <summary>How old the last note of the supervisor was whenever the store was asked about agents.</summary>
    public List<TimeSpan> AgesSeen { get; } = [];

    /// <summary>Silos that were declared dead.</summary>
    public List<string> Buried { get; } = [];

    /// <summary>Why agents failed, as it was written.</summary>
    public Dictionary<AgentId, FailureReason> Failures { get; } = [];

    /// <summary>An agent on a silo, as the store holds it, and due unless it is told otherwise.</summary>
    public void Add(AgentSnapshot snapshot, bool isDue = true)
    {
        _snapshots[snapshot.Id] = snapshot;
        if (isDue)
        {
            _due.Add(snapshot.Id);
        }
    }

    public void Dispose() => _metrics.Dispose();

    private IHeartbeatStore Store() => Stub.Of<IHeartbeatStore>(
        (nameof(IHeartbeatStore.LastRoundAsync), _ => Task.FromResult<LastRound?>(_lastRound)),
        (nameof(IHeartbeatStore.DueAsync), _ => Task.FromResult(new DueAgents([.. _due], new HashSet<AgentId>(), null, false, []))),
        (nameof(IHeartbeatStore.CountPastDeadlinesAsync), _ => Task.FromResult(0L)),
        (nameof(IHeartbeatStore.MaintenanceAsync), _ => Task.FromResult<IReadOnlyList<MaintenanceOrder>>([])),
        (nameof(IHeartbeatStore.CountAsync), _ => Task.FromResult<IReadOnlyDictionary<AgentStatus, long>>(new Dictionary<AgentStatus, long>())),
        (nameof(IHeartbeatStore.RecallAsync), _ => Task.FromResult(new StoreRecall(new StoreMark("g", 0, 0, 0), false))),
        (nameof(IHeartbeatStore.HostsAsync), _ => Task.FromResult<IReadOnlyList<string>>([.. _snapshots.Values.Select(s => s.ClaimedBy).OfType<string>().Distinct()])),
        (nameof(IHeartbeatStore.IdsAsync), _ => Task.FromResult<IReadOnlyList<AgentId>>([])),
        (nameof(IHeartbeatStore.ClaimsOfAsync), args => Task.FromResult<IReadOnlyList<ClaimedIncarnation>>(
            [.. _snapshots.Values.Where(s => s.ClaimedBy == (string)args[1]!).Select(s => new ClaimedIncarnation(s.Id, Given.Incarnation))])),
        (nameof(IHeartbeatStore.DeadlinesAsync), args => Task.FromResult<IReadOnlyList<DateTimeOffset?>>(
            [.. ((IReadOnlyList<ClaimedIncarnation>)args[1]!).Select(c => _snapshots[c.Id].Deadline)])),
        (nameof(IHeartbeatStore.LoadAsync), args => Load((IReadOnlyList<AgentId>)args[1]!)),
        (nameof(IHeartbeatStore.CommitAsync), args => Commit((CommitRequest)args[0]!)),
        (nameof(IHeartbeatStore.Announce), _ => null),
        (nameof(IHeartbeatStore.BeginTermAsync), _ => Task.FromResult(1L)),
        (nameof(IHeartbeatStore.NoteRoundAsync), args => Note((LastRound)args[2]!)));

    private ISiloDirectory Silos() => Stub.Of<ISiloDirectory>(
        (nameof(ISiloDirectory.Self), _ => new LocalSilo("here", "here")),
        (nameof(ISiloDirectory.IsSilo), _ => true),
        (nameof(ISiloDirectory.NamesAsync), _ => Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>())),
        (nameof(ISiloDirectory.DeadAsync), _ => Task.FromResult<IReadOnlySet<string>>(new HashSet<string>())),
        (nameof(ISiloDirectory.BuryAsync), args => Bury((string)args[0]!)));

    private Task<IReadOnlyList<AgentSnapshot>> Load(IReadOnlyList<AgentId> ids)
    {
        Time.Advance(LoadTakes);
        AgesSeen.Add(Clock.Now - _lastRound.At);
        return Task.FromResult<IReadOnlyList<AgentSnapshot>>([.. ids.Select(id => _snapshots[id])]);
    }

    private Task<CommitOutcome> Commit(CommitRequest request)
    {
        if (request.Next?.LastFailure is { } failure)
        {
            Failures[request.Before.Id] = failure.Reason;
        }

        return Task.FromResult(CommitOutcome.Done);
    }

    private Task Note(LastRound round)
    {
        _lastRound = round;
        return Task.CompletedTask;
    }

    private Task Bury(string host)
    {
        Buried.Add(host);
        return Task.CompletedTask;
    }
}
