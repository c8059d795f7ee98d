using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Simulation.Rules;

/// <summary>
/// Members of a group go down together, come up in order, and are given up together when they fail too often. What is one failure
/// of the group is counted here by itself, from what was written.
/// </summary>
internal sealed class GroupRule(Scenario scenario, GroupRestart restart) : OracleRule(scenario)
{
    private static readonly TimeSpan TogetherWithin = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(0.3);

    // Times that lie less far ahead after the clock went back are taken for possible.
    private static readonly TimeSpan FutureTolerance = TimeSpan.FromSeconds(10);

    // What lay further ahead does not come to be counted again while a schedule lasts.
    private static readonly TimeSpan SetBackAtMost = TimeSpan.FromSeconds(300);

    private readonly SortedDictionary<AgentId, Member> _members = [];
    private long _writes;
    private long _incidents;
    private TimeSpan _setBack;
    private TimeSpan _lostAt = TimeSpan.FromDays(-1);

    public override void StoreLost()
    {
        _members.Clear();
        _lostAt = Now;
    }

    /// <summary>What happened before lies that much less far back; what lies ahead after it does not count.</summary>
    public override void ClockStepped(TimeSpan by) => _setBack += by < TimeSpan.Zero && -by < SetBackAtMost ? -by : TimeSpan.Zero;

    public override void Committed(CommitRequest request, object? by)
    {
        var (id, old, next) = (request.Before.Id, request.Before.State.Value, request.Next);
        if (Scenario.GroupOf(id) is not { } group)
        {
            return;
        }

        _writes++;
        var member = Of(id);
        if (old is null || next is null || request.Actions.Any(a => a.Action is ActionKind.Repaired && a.Reason is "rebuilt" or "re-registered"))
        {
            // New, or taken for what it is: nothing that happened before concerns it.
            _members[id] = new Member { Granted = _writes, Incident = Cause(id, 0), Failures = old is null || next is null ? [] : member.Failures };
            return;
        }

        if (IsRestart(request))
        {
            var failed = HasFailed(request) ? _writes : member.Failed;
            CheckTogether(id, failed > member.Granted ? failed : 0);
            CheckGivenUp(id, member);
        }

        Follow(request, group, member, old, next);
        if (IsRestart(request))
        {
            CheckOrder(id, member);
        }

        if (request.Grants)
        {
            member.Granted = _writes;
        }

        if (next.Status is not AgentStatus.Healthy && old.Status is AgentStatus.Healthy)
        {
            member.DownAt = Now;
        }
    }

    public override void Check()
    {
        if (!Scenario.IsCalm)
        {
            return;
        }

        foreach (var (id, member) in _members)
        {
            if (member.GivenUp == 0 || Now - member.GivenUpAt < TogetherWithin)
            {
                continue;
            }

            foreach (var (other, left) in _members)
            {
                if (other != id && Concerns(id, other) && left.Granted < member.GivenUp && Scenario.Store.StateOf(other) is { IsPromised: true } state)
                {
                    World.Violate("Groups-together", $"{id} was given up {(Now - member.GivenUpAt).TotalSeconds:0.0} s ago, and {other}#{state.Incarnation} is {state.Status} still");
                }
            }
        }
    }

    private void Follow(CommitRequest request, AgentGroup group, Member member, HealthState old, HealthState next)
    {
        var id = request.Before.Id;
        var isReleased = request.Actions.Any(a => a.Action is ActionKind.Released);
        if (isReleased || (old.Status is AgentStatus.Quarantined && next.Status is not AgentStatus.Quarantined))
        {
            member.Failures.Clear();
            member.GivenUp = 0;
        }

        if (HasFailed(request))
        {
            member.Failed = _writes;
            var cause = Cause(id, 0);
            member.Incident = cause > member.Incident ? cause : ++_incidents;
            if (next.LastFailure!.Reason is not (FailureReason.SiloLost or FailureReason.ToldToWait))
            {
                member.Failures.Add(Now);
                CheckLimit(request, group, next);
            }
        }
        else if (isReleased && old.Hold is not RestartHold.Group)
        {
            member.Incident = ++_incidents;
        }
        else if (next.GroupRound != old.GroupRound || request.Actions.Any(a => a.Reason is "group"))
        {
            member.Incident = Cause(id, member.Incident);
        }

        if (next is { Status: AgentStatus.Quarantined, Hold: not RestartHold.Group } && old.Status is not AgentStatus.Quarantined)
        {
            (member.GivenUp, member.GivenUpAt) = (_writes, Now);
        }
    }

    /// <summary>Whoever failed is started again when all whom that concerns are down as well, or were started since.</summary>
    private void CheckTogether(AgentId id, long failed)
    {
        foreach (var (other, left) in _members)
        {
            if (failed > 0 && other != id && Concerns(id, other) && left.Granted < failed && Scenario.Store.StateOf(other) is { IsPromised: true } state)
            {
                World.Violate("Groups-together", $"{id} failed and is started again, and {other}#{state.Incarnation} of its group runs on ({state.Status})");
            }
        }
    }

    /// <summary>Nobody comes back without the one that its group was given up for.</summary>
    private void CheckGivenUp(AgentId id, Member member)
    {
        foreach (var (other, up) in _members)
        {
            if (Scenario.IsCalm && other != id && Concerns(other, id) && up.GivenUp > member.Granted && Now - up.GivenUpAt > Tolerance
                && Scenario.Store.StateOf(other) is { Status: AgentStatus.Quarantined, Hold: not RestartHold.Group })
            {
                World.Violate("Groups-together", $"{other} was given up {(Now - up.GivenUpAt).TotalSeconds:0.0} s ago, and {id} of its group is started again");
            }
        }
    }

    private void CheckOrder(AgentId id, Member member)
    {
        foreach (var (other, before) in _members)
        {
            if (Scenario.IsCalm && IsBefore(other, id) && before.Incident == member.Incident && member.Incident > 0 && Now - before.DownAt > Tolerance
                && Scenario.Store.StateOf(other) is { Status: AgentStatus.Starting or AgentStatus.Restarting or AgentStatus.BackingOff } state)
            {
                World.Violate("Groups-in-order", $"{id} is started, and {other}, which comes before it and went down with it, is {state.Status}");
            }
        }
    }

    private void CheckLimit(CommitRequest request, AgentGroup group, HealthState next)
    {
        var period = TimeSpan.FromSeconds(group.PeriodSeconds!.Value);
        var most = group.MaxRestarts!.Value;

        // Another's failure of this very moment need not have been known.
        var known = _members.Sum(m => m.Value.Failures.Count(f => Now - f < period - Tolerance && (m.Key == request.Before.Id || Now - f > Tolerance)));
        if (known > most && Scenario.IsCalm && !Scenario.HasStepped(2 * period) && next.Status is not AgentStatus.Quarantined)
        {
            World.Violate("G8 bounded storm", $"the group of {next.AgentId} failed {known} times within {period.TotalSeconds} s, {most} are the most, and it is {next.Status}");
        }

        var atMost = _members.Sum(m => m.Value.Failures.Count(f => Now - f < period + _setBack + FutureTolerance + Tolerance));
        if (request.Actions.Any(a => a.Action is ActionKind.Quarantined && a.Reason is "group-limit") && atMost <= most && Now - period - _setBack - FutureTolerance > _lostAt)
        {
            World.Violate("G8 bounded storm", $"{next.AgentId} is given up after {atMost} failures of its group, and {most} are allowed");
        }
    }

    private bool IsBefore(AgentId one, AgentId other) => Scenario.GroupOf(one)!.Order < Scenario.GroupOf(other)!.Order;

    private bool Concerns(AgentId failed, AgentId other) => restart is GroupRestart.OneForAll || IsBefore(failed, other);

    private long Cause(AgentId id, long least) =>
        Math.Max(least, _members.Where(m => m.Key != id && Concerns(m.Key, id)).Select(m => m.Value.Incident).DefaultIfEmpty().Max());

    private Member Of(AgentId id) => _members.TryGetValue(id, out var member) ? member : _members[id] = new Member();

    private sealed class Member
    {
        public long Granted { get; set; }

        public long Failed { get; set; }

        public long Incident { get; set; }

        public long GivenUp { get; set; }

        public TimeSpan GivenUpAt { get; set; }

        public TimeSpan DownAt { get; set; }

        public List<TimeSpan> Failures { get; init; } = [];
    }
}
