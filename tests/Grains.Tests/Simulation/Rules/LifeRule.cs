using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;

namespace OrleansHealing.Tests.Simulation.Rules;

/// <summary>
/// Once nothing but agents and the clock go wrong, whoever falls silent or tells its end is acted on in time, by the one time that
/// does not step.
/// </summary>
internal sealed class LifeRule(Scenario scenario) : OracleRule(scenario)
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(0.15);

    // A supervisor that nobody wakes looks again after a second.
    private static readonly TimeSpan ToldWithin = TimeSpan.FromSeconds(1.3);

    // All silos know of a step after two seconds, the supervisor at its next look, and then silence is held for a timeout.
    private static readonly TimeSpan StepNoticedWithin = TimeSpan.FromSeconds(3.5);

    // What lies further in the future than it can was written before the clock went back.
    private static readonly TimeSpan FutureTolerance = TimeSpan.FromSeconds(10);

    // An end whose time lies in the future, since its silo did not know that the clock went back, is found by the slow walk.
    private static readonly TimeSpan Walk = TimeSpan.FromSeconds(10);

    private readonly Dictionary<AgentId, Sign> _signs = [];
    private TimeSpan _heldUntil;
    private TimeSpan _lookedAt;

    public override void Heard(AgentId id, long incarnation, DateTimeOffset deadline)
    {
        var promised = deadline - Scenario.StoreNow;
        var most = Scenario.Policy.Timeout + (promised > Scenario.Policy.Timeout + TimeSpan.FromSeconds(0.5) ? Scenario.Policy.StopGrace : TimeSpan.Zero);
        _signs[id] = new Sign(incarnation, Now + most, "was heard last", IsSilence: true);
    }

    public override void Told(AgentId id, IncarnationReport report) =>
        _signs[id] = new Sign(report.Incarnation, Now + ToldWithin, $"told its end ({report.Reason})", IsSilence: false);

    public override void StoreLost() => _signs.Clear();

    public override void ClockStepped(TimeSpan by)
    {
        var policy = Scenario.Policy;
        var furthest = policy.StopGrace + policy.Timeout > policy.StartupGrace ? policy.StopGrace + policy.Timeout : policy.StartupGrace;
        var back = by < TimeSpan.Zero ? (-by < furthest + FutureTolerance ? -by : furthest + FutureTolerance) : TimeSpan.Zero;
        var until = Now + StepNoticedWithin + policy.Timeout + back;
        _heldUntil = until > _heldUntil ? until : _heldUntil;
    }

    public override void Check()
    {
        if (!Scenario.IsCalm || Now - _lookedAt < TimeSpan.FromSeconds(0.02))
        {
            return;
        }

        _lookedAt = Now;
        foreach (var (id, sign) in _signs)
        {
            var held = sign.IsSilence ? _heldUntil : _heldUntil + Walk;
            var due = held > sign.Due ? held : sign.Due;
            due += sign.IsSilence && Scenario.Mix.FallsSilentTogether ? Scenario.Policy.Timeout : TimeSpan.Zero;
            if (Now > due + Tolerance && Scenario.Store.StateOf(id) is { IsPromised: true } state && state.Incarnation == sign.Incarnation
                && !(sign.IsSilence && Scenario.Oracle.HasFallenSilent))
            {
                World.Violate(
                    "G2 detect", $"{id}#{sign.Incarnation} {sign.What}, was to be acted on {(Now - due).TotalSeconds:0.00} s ago, and is {state.Status} (deadline {Scenario.Store.DeadlineOf(new(id, sign.Incarnation)) - Scenario.StoreNow} from now; held: {Scenario.Hold ?? "no"})");
            }
        }
    }

    private readonly record struct Sign(long Incarnation, TimeSpan Due, string What, bool IsSilence);
}
