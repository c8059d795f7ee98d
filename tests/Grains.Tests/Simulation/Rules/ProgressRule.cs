using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Simulation.Rules;

/// <summary>Whoever does not get on is found, and nobody is given up for it before its time or in its announced silence.</summary>
internal sealed class ProgressRule(Scenario scenario) : OracleRule(scenario)
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(0.1);

    // A step of the clock, and then the hold after it.
    private static readonly TimeSpan AfterStep = TimeSpan.FromSeconds(8);

    private TimeSpan _lookedAt;

    /// <summary>Before its time, neither its host nor a supervisor may give up a body for want of progress.</summary>
    public void CheckStuck(SimBody body, string what)
    {
        if (body.ProgressLimit is not { } limit || body.WasMute || body.Silo.IsTroubled(limit + TimeSpan.FromSeconds(2)))
        {
            return;
        }

        if (Now < body.QuietUntil - Tolerance)
        {
            World.Violate("G12 announced silence", $"{body.Id}#{body.Incarnation} was {what} as stuck {(body.QuietUntil - Now).TotalSeconds:0.00} s before the end of the silence that it announced");
        }
        else if (Now < body.GotOnAt + limit - Tolerance)
        {
            World.Violate("G9 the observer's faults are not the agents'", $"{body.Id}#{body.Incarnation} was {what} as stuck, and got on {(Now - body.GotOnAt).TotalSeconds:0.00} s ago, where {limit.TotalSeconds:0.00} s are allowed");
        }
    }

    public override void Committed(CommitRequest request, object? by)
    {
        if (request.Actions.Any(a => a.Action is ActionKind.Stabilized) && request.Next is { } next
            && BodyOf(next.AgentId, next.Incarnation) is { ProgressLimit: not null } body && body.GotOnAt <= body.ClaimedAt && !Scenario.Oracle.IsCutShort(body.ClaimedAt))
        {
            World.Violate("G6 reset by health only", $"the failures of {body.Id}#{body.Incarnation} are forgotten, and it never got on");
        }
    }

    public override void Check()
    {
        // Each step of the clock begins a hold anew.
        if (!Scenario.IsCalm || Now - _lookedAt < TimeSpan.FromSeconds(0.1) || Scenario.HasStepped(AfterStep))
        {
            return;
        }

        _lookedAt = Now;
        var policy = Scenario.Policy;

        // Two looks of the host, the grace of a step, that of the body, and the way of its report.
        var ladder = (3 * policy.Heartbeat) + (2 * policy.StopGrace) + TimeSpan.FromSeconds(1.5) + (Scenario.HasStepped(TimeSpan.FromSeconds(40)) ? AfterStep : TimeSpan.Zero)
            + (Scenario.Mix.FallsSilentTogether ? policy.Timeout : TimeSpan.Zero);
        foreach (var id in Scenario.Store.Ids)
        {
            if (Scenario.Store.StateOf(id) is not { IsPromised: true } state || BodyOf(id, state.Incarnation) is not { IsAtWork: true, ProgressLimit: { } limit } body)
            {
                continue;
            }

            var since = body.GaveWayAt > body.GotOnAt ? body.GaveWayAt : body.GotOnAt;
            var due = (since + limit > body.QuietUntil ? since + limit : body.QuietUntil) + ladder;
            if (Now > due && !Scenario.Oracle.HasFallenSilent)
            {
                World.Violate("G2 detect", $"{id}#{state.Incarnation} beats and has not got on for {(Now - body.GotOnAt).TotalSeconds:0.0} s, where {limit.TotalSeconds:0.0} s are allowed, and is {state.Status}");
            }
        }
    }
}
