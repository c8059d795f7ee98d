using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Simulation.Rules;

/// <summary>
/// Of many that are down for one cause one is started first, and nobody else before it has been healthy for the probation; when it
/// fails again, nobody for as long. What a supervisor knows of that dies with it, so each is held to what it did itself.
/// </summary>
internal sealed class CanaryRule(Scenario scenario) : OracleRule(scenario)
{
    private const string Cause = "IOException:";
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(0.2);

    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(30);

    private TimeSpan _unknownUntil = TimeSpan.FromDays(-1);
    private readonly Dictionary<AgentId, TimeSpan> _told = [];
    private readonly Dictionary<object, Trial> _trials = [];

    // A supervisor remembers for so long how far it had come.
    private TimeSpan Memory => Patience + Scenario.Options.BackoffMax + TimeSpan.FromSeconds(1);

    private TimeSpan Patience => Scenario.Options.StartupGrace + Scenario.Options.Timeout;

    public override void Told(AgentId id, IncarnationReport report) => _told[id] = Now;

    public override void StoreLost() => _trials.Clear();

    public override void ClockStepped(TimeSpan by)
    {
        // It is forgotten when the supervisor notices.
        _trials.Clear();
        _unknownUntil = Now + LongEnough;
    }

    public override void Committed(CommitRequest request, object? by)
    {
        if (Scenario.DoubledAt is { } at && Now - at < LongEnough)
        {
            // Each of two knows only of what it did itself.
            _trials.Clear();
            _unknownUntil = Now;
        }

        if (by is null || Now <= _unknownUntil || request.Before.State.Value is not { } old)
        {
            return;
        }

        var id = request.Before.Id;
        var trial = _trials.TryGetValue(by, out var known) ? known : _trials[by] = new Trial { RememberedUntil = _unknownUntil + Memory };
        if (HasFailed(request))
        {
            NoteFailure(trial, id, request);
        }

        if (request.Actions.Any(a => a.Action is ActionKind.Recovered))
        {
            trial.Down.Remove(id);
            trial.HealthyAt ??= trial.Tried == id ? Now : null;
            if (trial.Tried != id)
            {
                // It may have let it through, and another supervisor's decision came first.
                trial.Earlier[id] = trial.Earlier.GetValueOrDefault(id) ?? Now;
            }
        }
        else if (request.Next is null || request.Actions.Any(a => a.Action is ActionKind.Paused or ActionKind.Quarantined))
        {
            trial.Down.Remove(id);
            Leave(trial, id);
        }

        if (request.Next is { } next && IsOfCause(next.LastFailure) && (HasFailed(request) || old.Status is AgentStatus.BackingOff))
        {
            var isRemembered = trial.RememberedUntil > Now || trial.Down.Count >= Scenario.Options.CanaryLeast;
            trial.RememberedUntil = isRemembered ? Now + Memory : trial.RememberedUntil;
            var waitsForItsTurn = request.Actions.Any(a => a is { Action: ActionKind.BackingOff, Reason: "restart-limit" });
            if (waitsForItsTurn || (IsRestart(request) && !old.HasTurn))
            {
                Enter(trial, id);
            }
        }
    }

    private void NoteFailure(Trial trial, AgentId id, CommitRequest request)
    {
        var wasTried = trial.IsOn && trial.Tried == id && !IsProven(trial.HealthyAt);
        Leave(trial, id);
        if (!IsOfCause(request.Next!.LastFailure))
        {
            trial.Down.Remove(id);
            return;
        }

        var isNew = trial.Down.Add(id);
        if (wasTried)
        {
            trial.ClosedUntil = _told.GetValueOrDefault(id) + Scenario.Options.Probation;
        }

        // Before that they are started as they come, unless it remembers an earlier time.
        if (!trial.IsOn && isNew && trial.Down.Count == Scenario.Options.CanaryLeast && Now > trial.RememberedUntil)
        {
            if (trial.Tried is { } earlier)
            {
                trial.Earlier[earlier] = trial.HealthyAt;
            }

            (trial.IsOn, trial.Tried, trial.HealthyAt, trial.ClosedUntil) = (true, null, null, TimeSpan.Zero);
            trial.RememberedUntil = Now + Memory;
        }
    }

    private void Enter(Trial trial, AgentId id)
    {
        trial.IsOn &= !trial.Earlier.Values.Any(IsProven) && trial.Down.Count >= Scenario.Options.CanaryLeast;
        if (!trial.IsOn)
        {
            trial.Earlier[id] = null;
            return;
        }

        if (Now < trial.ClosedUntil - Tolerance)
        {
            World.Violate("G8 bounded storm", $"{id} is started {(trial.ClosedUntil - Now).TotalSeconds:0.00} s too soon after one that was tried failed again for the same cause");
        }

        if (trial.Tried is { } tried && tried != id)
        {
            // Who was not heard within its grace is given up, and whoever told its end may be known to have failed.
            var isLost = (trial.HealthyAt is null && Now - trial.TriedAt > Patience - Tolerance) || _told.GetValueOrDefault(tried) >= trial.TriedAt;
            if (!isLost && !IsProven(trial.HealthyAt))
            {
                World.Violate("G8 bounded storm", $"{trial.Down.Count} agents are down for one cause, {tried} is tried, and {id} is started before that is proven");
            }

            trial.IsOn = false;
        }

        if (!trial.IsOn)
        {
            trial.Earlier[id] = null;
        }

        if (trial.Tried != id)
        {
            (trial.Tried, trial.TriedAt, trial.HealthyAt) = (id, Now, null);
        }
    }

    /// <summary>It fails otherwise, or rests: another one is tried, unless it had proven it already.</summary>
    private void Leave(Trial trial, AgentId id)
    {
        trial.Earlier.Remove(id);
        if (trial.Tried == id)
        {
            trial.IsOn &= !IsProven(trial.HealthyAt);
            (trial.Tried, trial.HealthyAt) = (null, null);
        }
    }

    private bool IsProven(TimeSpan? healthyAt) => Now - healthyAt >= Scenario.Options.Probation - Tolerance;

    private static bool IsOfCause(AgentFailure? failure) => failure?.Message.StartsWith(Cause, StringComparison.Ordinal) is true;

    /// <summary>What one supervisor does for the cause.</summary>
    private sealed class Trial
    {
        public HashSet<AgentId> Down { get; } = [];

        /// <summary>Whether one is tried first now.</summary>
        public bool IsOn { get; set; }

        /// <summary>Those that were started before, with when they were healthy: one of them may be who is tried.</summary>
        public Dictionary<AgentId, TimeSpan?> Earlier { get; } = [];

        public AgentId? Tried { get; set; }

        public TimeSpan TriedAt { get; set; }

        public TimeSpan? HealthyAt { get; set; }

        public TimeSpan ClosedUntil { get; set; }

        /// <summary>Until when it may go on from an earlier time.</summary>
        public TimeSpan RememberedUntil { get; set; }
    }
}
