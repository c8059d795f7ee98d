using Microsoft.Extensions.DependencyInjection;
using OrleansHealing.Agents;
using OrleansHealing.Alerts;
using OrleansHealing.Heartbeats;
using OrleansHealing.Tests.Alerts;
using OrleansHealing.Tests.Supervision;
using OrleansHealing.Webhooks;
using StackExchange.Redis;

namespace OrleansHealing.Tests.Heartbeats.Contract;

/// <summary>Alerts on a real store (G13): each is told once and its end once, whatever becomes of sinks and supervisors.</summary>
public abstract partial class AlertContract(StoreServer server) : IAsyncLifetime
{
    private static readonly AgentId Doomed = AgentId.Parse("doomed");

    private readonly NotedSink.Notes _pager = new();
    private readonly AlertOptions _options = new();
    private readonly List<FleetAlerts> _supervisors = [];
    private TestStore _records = null!;
    private ServiceProvider _services = null!;
    private FleetAlerts _alerts = null!;
    private long _term;

    public async ValueTask InitializeAsync()
    {
        _records = await TestStore.OpenAsync(await server.ConnectionStringAsync());
        _records.Clock.Observe(Given.Now, _records.Clock.Monotonic, _records.Clock.Monotonic);
        var services = new ServiceCollection().AddSingleton(_pager).AddSingleton<TimeProvider>(_records.Time);
        services.AddWebhookClient();
        _services = services.BuildServiceProvider();
        await ReplaceSupervisorAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var supervisor in _supervisors)
        {
            await supervisor.DisposeAsync();
        }

        await _services.DisposeAsync();
        await _records.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Turn_AgentGivenUpAndReleased_IsToldOnceEachUnderOneKeyAlsoOverSupervisors()
    {
        await QuarantineAsync(Doomed);
        await TurnAsync();
        await _pager.SaysAsync("firing agent-quarantined/doomed");

        await ReplaceSupervisorAsync();
        await TurnAsync(TimeSpan.FromMinutes(3));
        await ReleaseAsync(Doomed);
        await TurnAsync();
        await ReplaceSupervisorAsync();
        await TurnAsync();
        await TurnAsync(_options.ResolveAfter);

        await _pager.SaysAsync("firing agent-quarantined/doomed", "resolved agent-quarantined/doomed");
        Assert.Single(_pager.Taken.Select(n => n.Key).Distinct());
        Assert.Contains("crashed", _pager.Taken.First().Summary, StringComparison.Ordinal);
        await TurnAsync(TimeSpan.FromMinutes(10));
        await TurnAsync();
        Assert.Empty(await _records.Store.IncidentsAsync(0));
        Assert.Equal(2, _pager.Tried.Count);
    }

    [Fact]
    public async Task Turn_SupervisorDiedAfterItsCommit_TheNextTellsIt()
    {
        await QuarantineAsync(Doomed, isNoted: false);

        await ReplaceSupervisorAsync();
        await TurnAsync();

        await _pager.SaysAsync("firing agent-quarantined/doomed");
    }

    [Fact]
    public async Task Turn_SupervisorDiedAfterItsCommitAndAPersonWasFaster_BothAreTold()
    {
        await QuarantineAsync(Doomed, isNoted: false);
        await ReplaceSupervisorAsync();
        await ReleaseAsync(Doomed);

        await TurnAsync();
        await TurnAsync(_options.ResolveAfter);

        await _pager.SaysAsync("firing agent-quarantined/doomed", "resolved agent-quarantined/doomed");
    }

    [Fact]
    public async Task Turn_SinkFailsOverSupervisorsAndTheEndComesMeanwhile_BothArriveInOrderUnderOneKey()
    {
        _pager.Fails = _ => new AlertSinkException("answered 500");
        await QuarantineAsync(Doomed);
        await TurnAsync();
        await _pager.TriesAsync(1);
        await ReplaceSupervisorAsync();
        await TurnAsync(TimeSpan.FromSeconds(2));
        await _pager.TriesAsync(2);
        await ReleaseAsync(Doomed);
        await TurnAsync();
        await TurnAsync(_options.ResolveAfter);

        // Only the new one finds the sink well: the one before could tell it too, and not be asked to note it any more.
        await ReplaceSupervisorAsync();
        _pager.Fails = _ => null;
        await TurnAsync(TimeSpan.FromMinutes(2));
        await TurnAsync();

        await _pager.SaysAsync("firing agent-quarantined/doomed", "resolved agent-quarantined/doomed");
        Assert.Equal([AlertState.Firing, AlertState.Resolved], _pager.Taken.Select(n => n.State));
        Assert.Single(_pager.Tried.Where(n => n.State is AlertState.Firing).Select(n => n.Key).Distinct());
    }

    [Fact]
    public async Task Turn_SinkThatAsksForTime_IsLeftAloneForItAlsoByTheNextSupervisor()
    {
        _pager.Fails = _ => new AlertSinkException("answered 429") { RetryAfter = TimeSpan.FromMinutes(10) };
        await QuarantineAsync(Doomed);
        await TurnAsync();
        await _pager.TriesAsync(1);
        await NotedAsync(t => t.NotBefore is not null);
        _pager.Fails = _ => null;
        await ReplaceSupervisorAsync();
        await QuarantineAsync(AgentId.Parse("another"));
        await TurnAsync(TimeSpan.FromMinutes(9));
        await TurnAsync();
        Assert.Single(_pager.Tried);

        await TurnAsync(TimeSpan.FromMinutes(1));
        await TurnAsync();

        await _pager.SaysAsync("firing agent-quarantined/doomed", "firing agent-quarantined/another");
    }

    [Fact]
    public async Task Turn_OneThatIsRefused_HoldsUpNoOther()
    {
        _pager.Fails = n => n.AgentId == Doomed ? new AlertSinkException("answered 400: no") { IsRefusal = true } : null;
        await QuarantineAsync(Doomed);
        await QuarantineAsync(AgentId.Parse("another"));

        await TurnAsync();

        await _pager.SaysAsync("firing agent-quarantined/another");
        await NotedAsync(t => t is { IsRefused: true, Error: "answered 400: no" });
    }

    [Fact]
    public async Task Turn_SupervisorThatWasSuperseded_TellsNothing()
    {
        var old = _alerts;
        await TurnAsync();
        await ReplaceSupervisorAsync();
        await QuarantineAsync(Doomed, watcher: old);

        await Assert.ThrowsAsync<SupersededException>(() => old.TurnAsync(_term - 1, null));
        await TurnAsync();

        await _pager.SaysAsync("firing agent-quarantined/doomed");
    }

    [Fact]
    public async Task Turn_SinkThatThrowsWhatever_IsTriedAgain()
    {
        _pager.Fails = _ => throw new InvalidOperationException("a bug");
        await QuarantineAsync(Doomed);
        await TurnAsync();
        await _pager.TriesAsync(1);
        await NotedAsync(t => t.Error is "InvalidOperationException: a bug");
        _pager.Fails = _ => null;

        await TurnAsync(TimeSpan.FromSeconds(5));

        await _pager.SaysAsync("firing agent-quarantined/doomed");
    }

    [Fact]
    public async Task Turn_GarbageInTheOutbox_IsShownAndTheRestIsTold()
    {
        await _records.Database.HashSetAsync(_records.Keys.Alerts, "agent-quarantined/doomed", "garbage");
        await QuarantineAsync(Doomed);
        await ReplaceSupervisorAsync();
        await TurnAsync();
        await _pager.SaysAsync("firing agent-quarantined/doomed");

        await _records.Database.KeyDeleteAsync(_records.Keys.Alerts);
        await _records.Database.StringSetAsync(_records.Keys.Alerts, "of another type");
        await QuarantineAsync(AgentId.Parse("another"));
        await TurnAsync();
        await TurnAsync();

        await _pager.SaysAsync("firing agent-quarantined/doomed", "firing agent-quarantined/another");
        Assert.Equal(RedisType.Hash, await _records.Database.KeyTypeAsync(_records.Keys.Alerts));
    }
}

public sealed class GarnetAlertTests(GarnetStore store) : AlertContract(store);

public sealed class RedisAlertTests(RedisStore store) : AlertContract(store);
