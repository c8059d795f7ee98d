using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Heartbeats.Contract;

/// <summary>The fleet's limit of restarts holds restarts back, and nothing else that is promised.</summary>
public abstract class RestartLimitContract(StoreServer server) : IAsyncLifetime
{
    private readonly StartedAgents _orders = new();
    private TestStore _records = null!;
    private Judge _judge = null!;

    public async ValueTask InitializeAsync()
    {
        _records = await TestStore.OpenAsync(await server.ConnectionStringAsync());
        _records.Options.RestartsPerSecond = 1;
        _records.Options.RestartBurst = 1;
        _records.Clock.Observe(Given.Now, _records.Clock.Monotonic, _records.Clock.Monotonic);
        _judge = _records.CreateJudge(_orders, new TestSilos());
        await _judge.RoundAsync(1000);
    }

    public async ValueTask DisposeAsync()
    {
        await _records.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Round_MoreStartsHangThanMayBeOrderedASecond_EachTimesOutAllTheSame()
    {
        var ids = Enumerable.Range(0, 5).Select(i => AgentId.Parse($"hangs-{i}")).ToList();
        foreach (var id in ids)
        {
            await _records.SpawnAsync(id, claim: false);
        }

        for (var second = 0; second < 17; second++)
        {
            _records.Time.Advance(TimeSpan.FromSeconds(1));
            await _judge.RoundAsync(1000);
        }

        foreach (var id in ids)
        {
            Assert.Equal(FailureReason.StartTimedOut, (await _records.LoadAsync(id)).State.Value!.LastFailure?.Reason);
        }
    }

    [Fact]
    public async Task Round_SuspectThatWaitedForItsTurn_IsTriedAloneAllTheSame()
    {
        var id = AgentId.Parse("suspect");
        var before = await _records.SpawnAsync(id);
        var waits = before.State.Value! with
        {
            Status = AgentStatus.BackingOff,
            LastFailure = new(FailureReason.SiloLost, "its silo died", Given.Now),
            LostInARow = SupervisorDecision.SuspectAfter,
            NextRestartAt = Given.Now,
            HasTurn = true,
        };
        Assert.Equal(CommitOutcome.Done, await _records.CommitAsync(before, new Decision { Next = waits, Actions = [] }));

        await _judge.RoundAsync(1000);
        Assert.Empty(_orders.Started);
        Assert.Equal(RestartHold.Trial, (await _records.LoadAsync(id)).State.Value!.Hold);

        var patience = _records.Options.Probation + TimeSpan.FromSeconds(10);
        for (var waited = TimeSpan.Zero; waited < patience && _orders.Started.Count == 0; waited += TimeSpan.FromSeconds(1))
        {
            _records.Time.Advance(TimeSpan.FromSeconds(1));
            await _judge.RoundAsync(1000);
        }

        Assert.Equal(id, Assert.Single(_orders.Started));
        Assert.True((await _records.LoadAsync(id)).State.Value!.IsOnTrial);
    }
}

public sealed class GarnetRestartLimitTests(GarnetStore store) : RestartLimitContract(store);

public sealed class RedisRestartLimitTests(RedisStore store) : RestartLimitContract(store);
