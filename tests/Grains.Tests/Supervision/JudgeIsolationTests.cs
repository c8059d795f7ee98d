using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Fleet;
using OrleansHealing.Tests.Heartbeats;

namespace OrleansHealing.Tests.Supervision;

/// <summary>One agent whose judgement throws, whatever the reason, among others.</summary>
public sealed class JudgeIsolationTests
{
    private static readonly AgentId[] Ids = [AgentId.Parse("a"), AgentId.Parse("broken"), AgentId.Parse("c")];

    [Fact]
    public async Task Round_OneAgentThatCannotBeJudged_TheOthersAreJudgedAndTheRoundIsFinished()
    {
        var committed = new List<string>();
        var rounds = 0;
        var clock = new StoreClock(new FakeTimeProvider(), NullLogger<StoreClock>.Instance);
        clock.Observe(Given.Now.AddSeconds(3), clock.Monotonic, clock.Monotonic);
        var store = Stub.Of<IHeartbeatStore>(
            (nameof(IHeartbeatStore.LastRoundAsync), _ => Task.FromResult<LastRound?>(new LastRound(clock.Now, null, null))),
            (nameof(IHeartbeatStore.DueAsync), _ => Task.FromResult(new DueAgents(Ids, new HashSet<AgentId>(), null, false, []))),
            (nameof(IHeartbeatStore.MaintenanceAsync), _ => Task.FromResult<IReadOnlyList<MaintenanceOrder>>([])),
            (nameof(IHeartbeatStore.CountPastDeadlinesAsync), _ => Task.FromResult(0L)),
            (nameof(IHeartbeatStore.CountAsync), _ => Task.FromResult<IReadOnlyDictionary<AgentStatus, long>>(new Dictionary<AgentStatus, long>())),
            (nameof(IHeartbeatStore.RecallAsync), _ => Task.FromResult(new StoreRecall(new StoreMark("g", 0, 0, 0), false))),
            (nameof(IHeartbeatStore.HostsAsync), _ => Task.FromResult<IReadOnlyList<string>>([])),
            (nameof(IHeartbeatStore.IdsAsync), _ => Task.FromResult<IReadOnlyList<AgentId>>([])),
            (nameof(IHeartbeatStore.LoadAsync), args => Task.FromResult<IReadOnlyList<AgentSnapshot>>(
                [.. ((IReadOnlyList<AgentId>)args[1]!).Select(id => Given.Alive(Given.State() with { AgentId = id }).Told(FailureReason.Crashed) with { Id = id, Claim = null })])),
            (nameof(IHeartbeatStore.CommitAsync), args =>
            {
                committed.Add(((CommitRequest)args[0]!).Before.Id.Value);
                return Task.FromResult(CommitOutcome.Done);
            }
        ),
            (nameof(IHeartbeatStore.Announce), _ => null),
            (nameof(IHeartbeatStore.BeginTermAsync), _ => Task.FromResult(1L)),
            (nameof(IHeartbeatStore.NoteRoundAsync), _ =>
            {
                rounds++;
                return Task.CompletedTask;
            }
        ));
        var silos = Stub.Of<ISiloDirectory>(
            (nameof(ISiloDirectory.Self), _ => new LocalSilo("here", "here")),
            (nameof(ISiloDirectory.DeadAsync), _ => Task.FromResult<IReadOnlySet<string>>(new HashSet<string>())));
        using var metrics = TestStore.Metrics();
        var options = new HealingOptions();
        var judge = new Judge(
            0, store, clock, new AgentKinds([], Options.Create(options)), Stub.Of<IBackendOrders>((nameof(IBackendOrders.Start), _ => null)), silos, metrics,
            options, new Random(1), NullLogger<Judge>.Instance)
        {
            Decide = (snapshot, policy, circumstances) => snapshot.Id.Value is "broken"
                ? throw new OverflowException("a number that nobody thought of")
                : SupervisorDecision.Judge(snapshot, policy, circumstances),
        };

        await judge.RoundAsync(1000);

        Assert.Equal(["a", "c"], committed);
        Assert.Equal(1, rounds);
    }

    [Fact]
    public async Task Round_ClockStepsWhileTheAnswerIsOnItsWay_JudgesNobodyByTheOldDeadlines()
    {
        var logged = new List<SupervisorAction>();
        var committed = new List<string>();
        var clock = new StoreClock(new FakeTimeProvider(), NullLogger<StoreClock>.Instance);
        clock.Observe(Given.Now, clock.Monotonic, clock.Monotonic);
        var store = Stub.Of<IHeartbeatStore>(
            (nameof(IHeartbeatStore.LastRoundAsync), _ => Task.FromResult<LastRound?>(new LastRound(clock.Now, null, null))),
            (nameof(IHeartbeatStore.DueAsync), _ => Task.FromResult(new DueAgents(Ids[..1], new HashSet<AgentId>(), null, false, []))),
            (nameof(IHeartbeatStore.MaintenanceAsync), _ => Task.FromResult<IReadOnlyList<MaintenanceOrder>>([])),
            (nameof(IHeartbeatStore.CountAsync), _ => Task.FromResult<IReadOnlyDictionary<AgentStatus, long>>(new Dictionary<AgentStatus, long>())),
            (nameof(IHeartbeatStore.RecallAsync), _ => Task.FromResult(new StoreRecall(new StoreMark("g", 0, 0, 0), false))),
            (nameof(IHeartbeatStore.HostsAsync), _ => Task.FromResult<IReadOnlyList<string>>([])),
            (nameof(IHeartbeatStore.IdsAsync), _ => Task.FromResult<IReadOnlyList<AgentId>>([])),
            (nameof(IHeartbeatStore.LoadAsync), _ =>
            {
                clock.Observe(Given.Now.AddDays(1), clock.Monotonic, clock.Monotonic);
                return Task.FromResult<IReadOnlyList<AgentSnapshot>>([Given.Alive() with { Claim = null }]);
            }
        ),
            (nameof(IHeartbeatStore.CountPastDeadlinesAsync), _ => Task.FromResult(1L)),
            (nameof(IHeartbeatStore.CommitAsync), args =>
            {
                committed.Add(((CommitRequest)args[0]!).Before.Id.Value);
                return Task.FromResult(CommitOutcome.Done);
            }
        ),
            (nameof(IHeartbeatStore.Announce), _ => null),
            (nameof(IHeartbeatStore.LogAsync), args =>
            {
                logged.Add((SupervisorAction)args[2]!);
                return Task.CompletedTask;
            }
        ),
            (nameof(IHeartbeatStore.BeginTermAsync), _ => Task.FromResult(1L)),
            (nameof(IHeartbeatStore.NoteRoundAsync), _ => Task.CompletedTask));
        var silos = Stub.Of<ISiloDirectory>(
            (nameof(ISiloDirectory.Self), _ => new LocalSilo("here", "here")),
            (nameof(ISiloDirectory.DeadAsync), _ => Task.FromResult<IReadOnlySet<string>>(new HashSet<string>())));
        using var metrics = TestStore.Metrics();
        var options = new HealingOptions();
        var judge = new Judge(
            0, store, clock, new AgentKinds([], Options.Create(options)), Stub.Of<IBackendOrders>((nameof(IBackendOrders.Start), _ => null)), silos, metrics,
            options, new Random(1), NullLogger<Judge>.Instance);

        await judge.RoundAsync(1000);

        Assert.Empty(committed);
        Assert.Equal("the store's clock stepped", judge.Hearing.Hold);
        var told = Assert.Single(logged);
        Assert.Equal((ActionKind.HoldBegan, "clock-step", null), (told.Action, told.Reason, told.AgentId));
    }
}
