using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Simulation.Rules;

/// <summary>One promise that the oracle holds what happens against. It knows what is true, and nothing of how anything is decided.</summary>
internal abstract class OracleRule(Scenario scenario)
{
    private static readonly TimeSpan LongAgo = TimeSpan.FromMinutes(2);

    protected Scenario Scenario { get; } = scenario;

    protected World World => Scenario.World;

    protected TimeSpan Now => Scenario.World.Now;

    /// <summary>An incarnation was heard, and is next awaited by this deadline.</summary>
    public virtual void Heard(AgentId id, long incarnation, DateTimeOffset deadline)
    {
    }

    /// <summary>The store took a report.</summary>
    public virtual void Told(AgentId id, IncarnationReport report)
    {
    }

    /// <summary>A decision is being committed by a supervisor; the store still holds what was before.</summary>
    public virtual void Committed(CommitRequest request, object? by)
    {
    }

    /// <summary>The store went back: what it holds now is all that anybody can go by.</summary>
    public virtual void StoreLost()
    {
    }

    /// <summary>The store's clock stepped.</summary>
    public virtual void ClockStepped(TimeSpan by)
    {
    }

    /// <summary>Something happened.</summary>
    public virtual void Check()
    {
    }

    /// <summary>Whether this is a restart that nobody ordered.</summary>
    protected static bool IsRestart(CommitRequest request) =>
        request.Actions.Any(a => a.Action is ActionKind.Restarting && a.Reason is not ("restart" or "resume" or "release" or "pause-expired" or "maintenance-over"));

    protected static bool HasFailed(CommitRequest request) => request.Actions.Any(a => a.Action is ActionKind.Failed);

    /// <summary>When it was decided; what is written was under way for a while. By another clock nobody knows: then long ago.</summary>
    protected TimeSpan DecidedAt(CommitRequest request)
    {
        var ago = Scenario.StoreNow - request.Actions[0].At;
        return Now - (ago < TimeSpan.FromSeconds(-0.05) || ago > LongAgo ? LongAgo : ago);
    }

    /// <summary>The last that claimed it: after the store lost a claim, another body can be the same incarnation.</summary>
    protected SimBody? BodyOf(AgentId id, long incarnation) => Scenario.Bodies.FindLast(b => b.Id == id && b.Incarnation == incarnation && b.IsClaimed);
}
