using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OrleansHealing.Agents;
using OrleansHealing.Alerts;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Alerts;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Heartbeats.Contract;

/// <summary>The words that the tests are told in.</summary>
public abstract partial class AlertContract
{
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
