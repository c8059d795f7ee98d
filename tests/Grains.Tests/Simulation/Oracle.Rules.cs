using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Tests.Simulation.Rules;

namespace OrleansHealing.Tests.Simulation;

/// <summary>The rules that only some schedules are held against, and what they are told of.</summary>
internal sealed partial class Oracle
{
    // So long after a step of the clock everything is as before.
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(40);

    private static readonly TimeSpan StepNoticed = TimeSpan.FromSeconds(30);

    private readonly PanicRule _panic = new(scenario);
    private readonly ProgressRule _progress = new(scenario);
    private IReadOnlyList<OracleRule> _rules = [];
    private TimeSpan _jumpedAt = TimeSpan.FromDays(-1);

    public bool HasFallenSilent => _panic.IsRecent;

    /// <summary>Puts together what the schedule needs.</summary>
    public void Begin()
    {
        var mix = scenario.Mix;
        var rules = new List<OracleRule> { new WaitRule(scenario), new LifeRule(scenario), new LadderRule(scenario) };
        if (mix.WatchesProgress)
        {
            rules.Add(_progress);
        }

        if (mix.Group is { } restart)
        {
            rules.Add(new GroupRule(scenario, restart));
        }

        if (mix is { FailsTogether: true, Group: null })
        {
            rules.Add(new CanaryRule(scenario));
        }

        if (mix.FallsSilentTogether)
        {
            rules.Add(_panic);
        }

        _rules = rules;
    }

    /// <summary>An incarnation was heard, and is next awaited by this deadline.</summary>
    public void Heard(AgentId id, long incarnation, DateTimeOffset deadline)
    {
        foreach (var rule in _rules)
        {
            rule.Heard(id, incarnation, deadline);
        }
    }

    /// <summary>The store took a report.</summary>
    public void Told(AgentId id, IncarnationReport report)
    {
        foreach (var rule in _rules)
        {
            rule.Told(id, report);
        }
    }

    public void ClockStepped(TimeSpan by)
    {
        _jumpedAt = by > TimeSpan.Zero ? scenario.World.Now : _jumpedAt;
        _restarts.Clear();
        foreach (var rule in _rules)
        {
            rule.ClockStepped(by);
        }
    }

    /// <summary>These fell silent at once.</summary>
    public void FellSilent(IReadOnlyList<SimBody> bodies) => _panic.FellSilent(bodies);

    /// <summary>A body is given up for want of progress.</summary>
    public void CheckStuck(SimBody body, string what) => _progress.CheckStuck(body, what);

    /// <summary>What has to hold after each event.</summary>
    public void Check()
    {
        foreach (var rule in _rules)
        {
            rule.Check();
        }
    }

    private void CheckRules(CommitRequest request, object? by)
    {
        try
        {
            foreach (var rule in _rules)
            {
                rule.Committed(request, by);
            }
        }
        catch (Exception e) when (e is not ViolationException)
        {
            // Who commits would take it for a fault of this agent, and go on.
            scenario.World.Violate("Oracle", $"{e}");
        }
    }

    /// <summary>What waits for a moment in the store's time waits less long when the clock steps forward meanwhile.</summary>
    public bool IsCutShort(TimeSpan since) => _jumpedAt >= since - StepNoticed;
}
