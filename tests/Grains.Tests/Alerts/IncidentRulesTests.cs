using CsCheck;
using OrleansHealing.Agents;
using OrleansHealing.Alerts;

namespace OrleansHealing.Tests.Alerts;

public sealed class IncidentRulesTests
{
    private const string Sink = "pager";
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly TimeSpan ResolveAfter = TimeSpan.FromSeconds(30);
    private static readonly AlertTimes Times = new(TimeSpan.FromMinutes(5), null);
    private static readonly Signal Doomed = new(AlertCondition.AgentQuarantined, "doomed", "Agent 'doomed' was given up on");

    [Fact]
    public void NextFor_FromItsBeginningToItsEnd_IsOneTriggerAndOneResolve()
    {
        var incident = IncidentRules.Raise(null, Doomed, Now);
        Assert.Equal(AlertState.Firing, Next(incident, Now));

        incident = Told(incident, AlertState.Firing, Now);
        Assert.Null(Next(IncidentRules.Raise(incident, Doomed, Now.AddHours(1)), Now.AddHours(1)));

        incident = IncidentRules.Over(incident, Now.AddHours(1));
        Assert.Null(Next(Settled(incident, Now.AddHours(1).AddSeconds(29)), Now.AddHours(1).AddSeconds(29)));

        incident = Settled(incident, Now.AddHours(1).AddSeconds(30));
        Assert.Equal(AlertState.Resolved, Next(incident, Now.AddHours(2)));
        Assert.Null(Next(Told(incident, AlertState.Resolved, Now.AddHours(2)), Now.AddHours(3)));
    }

    [Fact]
    public void NextFor_OverBeforeItCouldBeTold_IsBothAllTheSame()
    {
        var incident = Settled(IncidentRules.Over(IncidentRules.Raise(null, Doomed, Now), Now.AddSeconds(1)), Now.AddMinutes(1));

        Assert.Equal(AlertState.Firing, Next(incident, Now.AddMinutes(2)));
        Assert.Equal(AlertState.Resolved, Next(Told(incident, AlertState.Firing, Now.AddMinutes(2)), Now.AddMinutes(2)));
    }

    [Theory]
    [InlineData(299, null)]
    [InlineData(300, AlertState.Firing)]
    public void NextFor_PatientSink_HearsOfWhatLasts(int seconds, AlertState? expected) =>
        Assert.Equal(expected, Next(IncidentRules.Raise(null, Doomed, Now), Now.AddSeconds(seconds), new AlertRoute { After = TimeSpan.FromMinutes(5) }));

    [Fact]
    public void NextFor_PatientSinkAndOverByThen_HearsNothing()
    {
        var incident = Settled(IncidentRules.Over(IncidentRules.Raise(null, Doomed, Now), Now.AddMinutes(4)), Now.AddMinutes(20));

        Assert.Null(Next(incident, Now.AddMinutes(20), new AlertRoute { After = TimeSpan.FromMinutes(5) }));
    }

    [Fact]
    public void NextFor_Silenced_IsNothingUntilTheSilenceIsOverAndItsEndOnlyIfItsBeginningWasTold()
    {
        var incident = IncidentRules.Raise(null, Doomed, Now);
        Assert.Null(Next(incident, Now, isSilenced: true));
        Assert.Equal(AlertState.Firing, Next(incident, Now.AddHours(1)));
        var ended = Settled(IncidentRules.Over(incident, Now.AddSeconds(5)), Now.AddMinutes(5));
        Assert.Null(Next(ended, Now.AddMinutes(5), isSilenced: true));
        var told = Settled(IncidentRules.Over(Told(incident, AlertState.Firing, Now), Now.AddSeconds(5)), Now.AddMinutes(5));
        Assert.Equal(AlertState.Resolved, Next(told, Now.AddMinutes(5), isSilenced: true));
    }

    [Fact]
    public void NextFor_ChangedWhileItIsOpen_IsToldAtMostSoOften()
    {
        var incident = Told(IncidentRules.Raise(null, Doomed, Now), AlertState.Firing, Now);
        var changed = IncidentRules.Raise(incident, Doomed with { Count = 7 }, Now.AddSeconds(10));

        Assert.Null(Next(changed, Now.AddMinutes(4)));
        Assert.Equal(AlertState.Firing, Next(changed, Now.AddMinutes(5)));
    }

    [Fact]
    public void Raise_BackWhileItsEndIsNotCertain_TellsNobodyAndTheEndComesLaterEachTime()
    {
        var incident = Told(IncidentRules.Raise(null, Doomed, Now), AlertState.Firing, Now);
        var at = Now;
        for (var i = 0; i < 5; i++)
        {
            at += TimeSpan.FromSeconds(20);
            incident = Settled(IncidentRules.Over(incident, at), at);
            at += TimeSpan.FromSeconds(20);
            incident = IncidentRules.Raise(Settled(incident, at), Doomed, at);
            Assert.Null(Next(incident, at));
        }

        Assert.Equal(TimeSpan.FromSeconds(30 * 32), IncidentRules.HoldOff(incident, ResolveAfter));
        Assert.Equal(Now, incident.BeganAt);
    }

    [Fact]
    public void Raise_SoonAfterItsEndWasTold_IsANewAlertOfTheSameKeyThatEndsLater()
    {
        var ended = Settled(IncidentRules.Over(Told(IncidentRules.Raise(null, Doomed, Now), AlertState.Firing, Now), Now.AddMinutes(1)), Now.AddMinutes(2));
        ended = Told(ended, AlertState.Resolved, Now.AddMinutes(2));

        var back = IncidentRules.Raise(ended, Doomed, Now.AddMinutes(3));

        Assert.Equal(AlertState.Firing, Next(back, Now.AddMinutes(3)));
        Assert.Equal((ended.Key, Now.AddMinutes(3), 1), (back.Key, back.BeganAt, back.Returns));
        Assert.Equal(2 * ResolveAfter, IncidentRules.HoldOff(back, ResolveAfter));
    }

    [Fact]
    public void Raise_AboutSomebodyElseWhileItIsOpen_StaysWhatReceiversKnowItBy()
    {
        var first = Told(IncidentRules.Raise(null, Doomed with { AgentId = AgentId.Parse("b"), Labels = new Dictionary<string, string> { ["team"] = "a" } }, Now), AlertState.Firing, Now);

        var other = IncidentRules.Raise(first, Doomed with { AgentId = AgentId.Parse("a"), Labels = new Dictionary<string, string>() }, Now.AddMinutes(1));
        var ended = Settled(IncidentRules.Over(other, Now.AddMinutes(2)), Now.AddMinutes(3));

        Assert.Equal((first.AgentId, first.Labels), (other.AgentId, other.Labels));
        Assert.Equal(AlertState.Resolved, Next(ended, Now.AddMinutes(3), new AlertRoute { MinSeverity = AlertSeverity.Critical }));
    }

    [Fact]
    public void Hush_EndedInSilence_IsNeverToldButToWhoKnowsOfIt()
    {
        var ended = Settled(IncidentRules.Over(Told(IncidentRules.Raise(null, Doomed, Now), AlertState.Firing, Now), Now), Now.AddMinutes(1));

        var hushed = IncidentRules.Hush(ended, [Sink, "other"]);

        Assert.Equal(AlertState.Resolved, Next(hushed, Now.AddMinutes(2)));
        Assert.Null(IncidentRules.NextFor(hushed, "other", new AlertRoute(), Times, false, Now.AddMinutes(2)));
    }

    [Fact]
    public void Settle_ClockSetBack_LeavesNoSinkAloneForLongerThanItAsked()
    {
        var incident = IncidentRules.Raise(null, Doomed, Now) with { Told = new Dictionary<string, Telling> { [Sink] = new() { Error = "no", NotBefore = Now.AddSeconds(1) } } };

        Assert.Equal(AlertState.Firing, Next(Settled(incident, Now.AddDays(-1)), Now.AddDays(-1)));
    }

    [Fact]
    public void Settle_ClockSetBack_EndsNoLaterThanFromNow()
    {
        var incident = IncidentRules.Over(IncidentRules.Raise(null, Doomed, Now), Now);

        incident = Settled(incident, Now.AddDays(-1));

        Assert.NotNull(Settled(incident, Now.AddDays(-1) + ResolveAfter).EndedAt);
    }

    [Theory]
    [InlineData(false, 599, false)]
    [InlineData(false, 600, true)]
    [InlineData(true, 86_399, false)]
    [InlineData(true, 86_400, true)]
    public void IsForgotten_Ended_IsOnceAllKnowOfItAndItDidNotComeBackOrNobodyCaresAnyMore(bool isWanted, int seconds, bool expected)
    {
        var ended = Settled(IncidentRules.Over(IncidentRules.Raise(null, Doomed, Now), Now), Now.AddSeconds(30));

        Assert.Equal(expected, IncidentRules.IsForgotten(ended, isWanted, ResolveAfter, Now.AddSeconds(30 + seconds)));
    }

    /// <summary>G13, for whatever comes and goes, and however often sinks and supervisors fail.</summary>
    [Fact]
    public void NextFor_OverAnyCourse_TellsEachSinkInTurnAndAtLastTheTruth() => Gen.Int[0, 5].Array[1, 200].Sample(course =>
    {
        Incident? incident = null;
        var (now, said) = (Now, new List<(AlertState State, DateTimeOffset Began)>());
        foreach (var step in course)
        {
            now += TimeSpan.FromSeconds(7);
            incident = step switch
            {
                0 => IncidentRules.Raise(incident, Doomed, now),
                1 when incident is not null => IncidentRules.Over(incident, now),
                2 => Sent(incident, now, said),
                _ => incident,
            };
            incident = incident is null ? null : IncidentRules.Settle(incident, ResolveAfter, now);
        }

        var holds = incident is { OverAt: null };
        for (var i = 0; i < 5 && incident is not null; i++)
        {
            now += TimeSpan.FromHours(1);
            incident = Sent(IncidentRules.Settle(incident, ResolveAfter, now), now, said);
        }

        for (var i = 0; i < said.Count; i++)
        {
            var before = i == 0 ? AlertState.Resolved : said[i - 1].State;
            Assert.True(said[i].State != before || (before is AlertState.Firing && said[i].Began > said[i - 1].Began), $"{i}: {before} then {said[i]}");
        }

        AlertState? truth = incident is null ? null : holds ? AlertState.Firing : AlertState.Resolved;
        Assert.Equal(truth, said.Count == 0 ? (AlertState?)null : said[^1].State);
    });

    private static Incident? Sent(Incident? incident, DateTimeOffset now, List<(AlertState State, DateTimeOffset Began)> said)
    {
        if (incident is null || Next(incident, now) is not { } state)
        {
            return incident;
        }

        said.Add((state, incident.BeganAt));
        return Told(incident, state, now);
    }

    private static AlertState? Next(Incident incident, DateTimeOffset now, AlertRoute? route = null, bool isSilenced = false) =>
        IncidentRules.NextFor(incident, Sink, route ?? new AlertRoute(), Times, isSilenced, now);

    private static Incident Settled(Incident incident, DateTimeOffset now) => IncidentRules.Settle(incident, ResolveAfter, now);

    private static Incident Told(Incident incident, AlertState state, DateTimeOffset at) =>
        incident with { Told = new Dictionary<string, Telling> { [Sink] = new() { State = state, Revision = incident.Revision, At = at } } };
}
