using OrleansHealing.Agents;
using OrleansHealing.Alerts;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Heartbeats.Contract;

/// <summary>What each condition tells, and who is told nothing.</summary>
public abstract partial class AlertContract
{
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

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Turn_GroupWhoseFailedMemberIsGone_StaysToldForThoseLeftBehind(bool isReplaced)
    {
        var (held, group) = (AgentId.Parse("held"), new AgentGroup { Name = "pipeline", Restart = GroupRestart.OneForAll });
        await QuarantineAsync(Doomed, group: group);
        await QuarantineAsync(held, group: group, hold: RestartHold.Group);
        await TurnAsync();
        await _pager.SaysAsync("firing group-quarantined/pipeline");

        await ReleaseAsync(Doomed);
        if (isReplaced)
        {
            await ReplaceSupervisorAsync();
        }

        await TurnAsync();
        await TurnAsync(2 * _options.ResolveAfter);
        await QuarantineAsync(AgentId.Parse("another"));
        await TurnAsync();
        await _pager.SaysAsync("firing group-quarantined/pipeline", "firing agent-quarantined/another");

        await ReleaseAsync(held);
        await TurnAsync();
        await TurnAsync(2 * _options.ResolveAfter);
        await _pager.SaysAsync("firing group-quarantined/pipeline", "firing agent-quarantined/another", "resolved group-quarantined/pipeline");
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
}
