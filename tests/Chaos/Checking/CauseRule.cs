using OrleansHealing.Chaos.Faults;
using OrleansHealing.Chaos.Observation;

namespace OrleansHealing.Chaos.Checking;

/// <summary>
/// G9, G19: every failure has a cause among the faults that were injected, of the sort that the action names. An outage of the
/// store, a stop in good order and a silo that joins are the cause of none.
/// </summary>
internal sealed class CauseRule : IRule
{
    private const string Name = "G9 no failure without a cause";

    // How late what a fault did to an agent may be acted on: the detection, and holds of outages that came after it.
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongAftermath = TimeSpan.FromMinutes(2);

    public IEnumerable<Violation> See(View view)
    {
        foreach (var action in view.Now.NewActions)
        {
            if (action.Action is "failed" && !HasCause(view, action))
            {
                yield return view.Broken(
                    Name, action.Agent, $"incarnation {action.Incarnation} failed as {action.Reason} at {action.At:HH:mm:ss.fff}: {action.Details}; active: {Active(view)}");
            }
            else if (action.Action is "repaired" && !view.MayBeTorn)
            {
                yield return view.Broken(Name, action.Agent, $"it was repaired ({action.Reason}), and nothing was broken: {action.Details}");
            }
        }
    }

    private static bool HasCause(View view, ActionSeen action) => action.Reason switch
    {
        "crashed" => view.Limits.Flawed.Contains(action.Agent) || WasTold(view, action, "exception"),
        "exited" => WasTold(view, action, "exit"),
        "stuck" => WasTold(view, action, "hang", "block") || IsFrozen(view, action) || IsMachine(view),
        "silent" => WasTold(view, action, "silent") || IsFrozen(view, action) || IsMachine(view),
        "silo-lost" => IsKilled(view, action) || IsFrozen(view, action) || IsMachine(view),
        "start-timed-out" => IsMachine(view) || view.Faults.Any(f => f.Kind is FaultKind.FreezeSilo && f.Reaches(view.Since, view.Now.At, Aftermath)),
        _ => false,
    };

    /// <summary>Of an order whose answer was lost it is not known which incarnation took it.</summary>
    private static bool WasTold(View view, ActionSeen action, params string[] modes) => view.Faults.Any(f =>
        f.Kind is FaultKind.CrashAgent && f.Agent == action.Agent && modes.Contains(f.Mode)
        && (f.Incarnation is { } told ? told == action.Incarnation : f.Reaches(view.Since, view.Now.At, LongAftermath)));

    private static bool IsMachine(View view) => view.Faults.Any(f => f.IsOfTheMachine && f.Reaches(view.Since, view.Now.At, Aftermath));

    private static bool IsFrozen(View view, ActionSeen action) => view.Faults.Any(f =>
        f.Kind is FaultKind.FreezeSilo && f.Reaches(view.Since, view.Now.At, LongAftermath) && HostsOf(view, action).Contains(f.Pid));

    /// <summary>However long ago: it may take until the next silo is up that somebody can act on it.</summary>
    private static bool IsKilled(View view, ActionSeen action) => view.Faults.Any(f =>
        f.Kind is FaultKind.KillSilo or FaultKind.KillSupervisor or FaultKind.KillAllSilos && HostsOf(view, action).Contains(f.Pid));

    /// <summary>The processes that the agent's body was in: where it beat last, before this snapshot and in it.</summary>
    private static IEnumerable<int?> HostsOf(View view, ActionSeen action) =>
        from snapshot in new[] { view.Before, view.Now }
        let beat = snapshot?.Beats.GetValueOrDefault(action.Agent)
        where beat is not null && view.Now.Silos.ContainsKey(beat.Host)
        select (int?)view.Now.Silos[beat.Host].Pid;

    private static string Active(View view) =>
        string.Join("; ", view.Faults.Where(f => f.Reaches(view.Since, view.Now.At, Aftermath)).Select(f => $"{f} since {f.From:mm\\:ss}")) is { Length: > 0 } text
            ? text : "nothing";
}
