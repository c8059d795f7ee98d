using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrleansHealing.Agents;
using OrleansHealing.Alerts;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Alerts;
using OrleansHealing.Tests.Supervision;
using OrleansHealing.Webhooks;
using StackExchange.Redis;

namespace OrleansHealing.Tests.Heartbeats.Contract;

/// <summary>Alerts on a real store (G13): each is told once and its end once, whatever becomes of sinks and supervisors.</summary>
public abstract class AlertContract(StoreServer server) : IAsyncLifetime
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
        _pager.Fails = _ => null;

        await ReplaceSupervisorAsync();
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
    public async Task Turn_ManyGivenUpWithinAMinute_TheFirstAreToldApartAndTheOthersAsOne()
    {
        await TurnAsync();
        var ids = Enumerable.Range(1, 14).Select(i => AgentId.Parse($"reader-{i}")).ToList();
        foreach (var id in ids)
        {
            await QuarantineAsync(id);
        }

        await TurnAsync();
        string[] first = [.. ids.Take(10).Select(id => $"firing agent-quarantined/{id}"), "firing quarantine-storm/all"];
        await _pager.SaysAsync(first);
        var storm = _pager.Taken.Single(n => n.Condition is AlertCondition.QuarantineStorm);
        Assert.Equal((4, "crashed: 4"), (storm.Count, storm.Details));

        await ReplaceSupervisorAsync();
        foreach (var id in ids)
        {
            await ReleaseAsync(id);
        }

        await TurnAsync();
        await TurnAsync(_options.ResolveAfter);

        await _pager.SaysAsync([.. first, .. first.Select(f => f.Replace("firing", "resolved", StringComparison.Ordinal))]);
    }

    [Fact]
    public async Task Turn_StormOverSupervisorsAndTime_StaysOneAndCountsRight()
    {
        await TurnAsync();
        for (var i = 0; i < 30; i++)
        {
            await QuarantineAsync(AgentId.Parse($"reader-{i}"));
        }

        await TurnAsync();
        await _pager.TriesAsync(11);
        await TurnAsync(TimeSpan.FromHours(1));
        await ReplaceSupervisorAsync();
        await TurnAsync();
        await TurnAsync();

        Assert.Equal(11, _pager.Tried.Count);
        var storm = (await _records.Store.IncidentsAsync(0)).Single(i => i.Condition is AlertCondition.QuarantineStorm);
        Assert.Equal((20, 20), (storm.Count, storm.Causes!["crashed"]));

        // An hour later nobody would hear of one more that joins.
        await QuarantineAsync(Doomed);
        await TurnAsync();
        await _pager.TriesAsync(12);
        Assert.Equal("firing agent-quarantined/doomed", _pager.Said[^1]);
    }

    [Fact]
    public async Task Turn_ManyGroupsGivenUpAtOnce_TheFirstAreToldApartAndTheOthersAsOne()
    {
        await TurnAsync();
        for (var i = 0; i < 13; i++)
        {
            await QuarantineAsync(AgentId.Parse($"cause-{i}"), group: new AgentGroup { Name = $"group-{i}", Restart = GroupRestart.OneForAll });
        }

        await TurnAsync();

        await _pager.TriesAsync(11);
        Assert.Equal(3, _pager.Taken.Single(n => n.Condition is AlertCondition.QuarantineStorm).Count);
    }

    [Fact]
    public async Task Turn_SilencedOverSupervisors_IsToldByNone()
    {
        await SilenceAsync(TimeSpan.FromHours(1));
        await QuarantineAsync(Doomed);
        await TurnAsync();
        for (var i = 0; i < 5; i++)
        {
            await ReplaceSupervisorAsync();
            await TurnAsync();
            await TurnAsync(TimeSpan.FromSeconds(2));
        }

        Assert.Empty(_pager.Tried);
        await ReleaseAsync(Doomed);
        await TurnAsync();
        await TurnAsync(_options.ResolveAfter);
        await _records.Store.EndAlertSilenceAsync("1");
        await TurnAsync(TimeSpan.FromSeconds(2));
        await QuarantineAsync(AgentId.Parse("another"));
        await TurnAsync();

        await _pager.SaysAsync("firing agent-quarantined/another");
    }

    [Fact]
    public async Task Turn_RateOverSupervisors_StaysOpen()
    {
        var before = await _records.SpawnAsync(Doomed);
        await TurnAsync();
        for (var minute = 0; minute < 12; minute++)
        {
            Restart(before, 2 * _options.RestartsPerMinute);
            await TurnAsync(TimeSpan.FromMinutes(1));
            if (minute is 6)
            {
                await ReplaceSupervisorAsync();
            }
        }

        await _pager.SaysAsync("firing restart-rate/fleet");
        Assert.Single(_pager.Tried);
    }

    [Fact]
    public async Task Turn_SinkThatThrowsWhateverAndALaneThatBreaks_GoOn()
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
    public async Task Turn_GroupGivenUp_IsToldAsOne()
    {
        var group = new AgentGroup { Name = "pipeline", Restart = GroupRestart.OneForAll };
        await QuarantineAsync(Doomed, group: group);
        await QuarantineAsync(AgentId.Parse("held"), group: group, hold: RestartHold.Group);

        await TurnAsync();
        await _pager.SaysAsync("firing group-quarantined/pipeline");

        await ReleaseAsync(Doomed);
        await ReleaseAsync(AgentId.Parse("held"));
        await TurnAsync();
        await TurnAsync(_options.ResolveAfter);
        await _pager.SaysAsync("firing group-quarantined/pipeline", "resolved group-quarantined/pipeline");
    }

    [Fact]
    public async Task Turn_Silenced_IsToldWhenTheSilenceIsOver()
    {
        await SilenceAsync(TimeSpan.FromHours(1));
        await QuarantineAsync(Doomed);
        await QuarantineAsync(AgentId.Parse("another"));
        await TurnAsync();
        await _pager.SaysAsync("firing agent-quarantined/another");

        await TurnAsync(TimeSpan.FromHours(1));

        await _pager.SaysAsync("firing agent-quarantined/another", "firing agent-quarantined/doomed");
    }

    [Fact]
    public async Task Turn_PanicGuardOn_IsToldUntilItIsOff()
    {
        await TurnAsync(panic: "9 of 10 agents fell silent at once");
        await _pager.SaysAsync("firing panic-guard/fleet");

        await TurnAsync();
        await TurnAsync(_options.ResolveAfter);

        await _pager.SaysAsync("firing panic-guard/fleet", "resolved panic-guard/fleet");
    }

    [Fact]
    public async Task Turn_AgentGivenUpAgainForAGraverCause_IsToldAnew()
    {
        await QuarantineAsync(Doomed);
        await TurnAsync();
        await ReleaseAsync(Doomed);
        await QuarantineAsync(Doomed, reason: FailureReason.SiloLost);

        await TurnAsync();

        await _pager.SaysAsync("firing agent-quarantined/doomed", "firing poison-agent/doomed");
        Assert.Equal(AlertSeverity.Critical, _pager.Taken.Last().Severity);
    }

    [Fact]
    public async Task Turn_RestartsOfAgents_TellNobodyUntilThereAreTooManyOfThem()
    {
        var before = await _records.SpawnAsync(Doomed);
        await TurnAsync();
        for (var minute = 0; minute < 10; minute++)
        {
            Restart(before, _options.RestartsPerMinute * 9 / 10);
            await TurnAsync(TimeSpan.FromMinutes(1));
        }

        Assert.Empty(_pager.Tried);
        Restart(before, _options.RestartsPerMinute, FailureReason.SiloLost);
        await TurnAsync();
        Assert.Empty(_pager.Tried);

        Restart(before, 2 * _options.RestartsPerMinute);
        await TurnAsync();
        await _pager.SaysAsync("firing restart-rate/fleet");
        await TurnAsync(TimeSpan.FromMinutes(5));
        await TurnAsync(_options.ResolveAfter);
        await _pager.SaysAsync("firing restart-rate/fleet", "resolved restart-rate/fleet");
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

    /// <summary>Once what was told is noted: between the two a death doubles it, which is not what is tried here.</summary>
    private async Task ReplaceSupervisorAsync()
    {
        await SeeAsync(
            "a note of all that was told",
            all => _pager.Taken.GroupBy(n => n.Key).All(n => all.Any(i => n.Key.EndsWith(i.Key, StringComparison.Ordinal) && i.Told.GetValueOrDefault("pager")?.State == n.Last().State)));
        var channels = new AlertChannels(Options.Create(_options), [new AlertSinkRegistration("pager", typeof(NotedSink), new AlertRoute())], _services);
        var post = new AlertPost(
            channels, _records.Store, _records.Store, _records.Clock, _records.Time, new Random(1), _records.Meters, Options.Create(_options), Options.Create(_records.Options),
            NullLoggerFactory.Instance);
        _supervisors.Add(_alerts = post.CreateFleetAlerts(0));
        _term = await _records.Store.BeginTermAsync(0);
    }

    private Task SilenceAsync(TimeSpan span) => _records.Store.SetAlertSilenceAsync(new AlertSilence
    {
        Id = "1",
        AgentId = Doomed,
        Labels = new Dictionary<string, string>(),
        Actor = "anna",
        At = Given.Now,
        Until = Given.Now + span,
    });

    private Task TurnAsync(TimeSpan passed = default, string? panic = null)
    {
        _records.Time.Advance(passed);
        return _alerts.TurnAsync(_term, panic);
    }

    private async Task QuarantineAsync(
        AgentId id, bool isNoted = true, AgentGroup? group = null, RestartHold hold = RestartHold.None, ICommitWatcher? watcher = null,
        FailureReason reason = FailureReason.Crashed)
    {
        var known = await _records.LoadAsync(id);
        var before = known.State.Value is null ? await _records.SpawnAsync(id) : known;
        var definition = new AgentDefinition { Id = id, Kind = "test", Group = group };
        var next = before.State.Value! with
        {
            Status = AgentStatus.Quarantined,
            Hold = hold,
            ConsecutiveFailures = 8,
            LastFailure = new AgentFailure(reason, "it broke", Given.Now),
        };
        await CommitAsync(before, next, definition, isNoted ? watcher ?? _alerts : null);
    }

    private void Restart(AgentSnapshot before, int times, FailureReason reason = FailureReason.Crashed)
    {
        var next = before.State.Value! with { Status = AgentStatus.Restarting, FailedAt = Given.Now, LastFailure = new AgentFailure(reason, "it broke", Given.Now) };
        var decision = new Decision { Next = next, Actions = new ActionLog(Given.At(Given.Now)).Add(ActionKind.Restarting, next, "crashed", "again").Actions };
        for (var i = 0; i < times; i++)
        {
            _alerts.Committed(before, decision);
        }
    }

    private async Task ReleaseAsync(AgentId id)
    {
        var before = await _records.LoadAsync(id);
        await CommitAsync(before, before.State.Value! with { Status = AgentStatus.Paused, Hold = RestartHold.None, LastFailure = null }, null, _alerts);
    }

    private async Task CommitAsync(AgentSnapshot before, HealthState next, AgentDefinition? definition, ICommitWatcher? watcher)
    {
        var decision = new Decision { Next = next };
        Assert.Equal(CommitOutcome.Done, await _records.CommitAsync(before, decision));
        if (definition is not null)
        {
            // As it was spawned with.
            var text = RecordCodec.Write(definition, StoreJson.Default.AgentDefinition);
            await _records.Database.HashSetAsync(_records.Keys.Definitions, before.Id.Value, text);
            before = before with { Definition = Given.Stored(definition) };
        }

        watcher?.Committed(before, decision);
    }

    private Task NotedAsync(Func<Telling, bool> isSo) => SeeAsync("a note of how an attempt went", all => all.Any(i => i.Told.Values.Any(isSo)));

    private async Task SeeAsync(string awaited, Func<IReadOnlyList<Incident>, bool> isSo)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        IReadOnlyList<Incident> seen;
        while (!isSo(seen = await _records.Store.IncidentsAsync(0)))
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"Awaited {awaited} in the outbox; seen: {string.Join(", ", seen)}");
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }
}

public sealed class GarnetAlertTests(GarnetStore store) : AlertContract(store);

public sealed class RedisAlertTests(RedisStore store) : AlertContract(store);
