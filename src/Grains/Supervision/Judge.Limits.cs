using OrleansHealing.Heartbeats;

namespace OrleansHealing.Supervision;

/// <summary>What keeps a mass failure from becoming a stampede: the fleet's limit of restarts, and the panic guard.</summary>
internal sealed partial class Judge
{
    private readonly RestartBudget _budget;
    private PanicGuard _panic;
    private RestartRamps _ramps;
    private Breakers _breakers;

    /// <summary>
    /// After a step of the clock, what is remembered of others would hold them for as long as it stepped. It is forgotten, as it is when
    /// a supervisor dies.
    /// </summary>
    private void ForgetOthers()
    {
        lock (_lock)
        {
            _budget.Restart(_clock.Now);
            _panic = new PanicGuard(_options);
            _ramps = new RestartRamps(_options);
            _breakers = new Breakers(_options);
        }
    }

    /// <summary>Decides; and when that is a restart that has to wait for others, decides with that in mind.</summary>
    private Decision? InTurn(AgentSnapshot snapshot, HealthState state)
    {
        lock (_lock)
        {
            return DecideInTurn(snapshot, state);
        }
    }

    private Decision? DecideInTurn(AgentSnapshot snapshot, HealthState state)
    {
        var policy = PolicyOf(snapshot);
        var circumstances = Now(policy) with { Maintenance = CoverOf(snapshot.Definition.Value) };
        if (snapshot.CurrentReport is { Reason: FailureReason.ToldToWait } told && state.IsPromised)
        {
            circumstances = circumstances with
            {
                Breaker = _breakers.Trip(
                    snapshot.Id, told.Resource, snapshot.Definition.Value?.Kind ?? snapshot.Id.Value,
                    TimeSpan.FromSeconds(told.RetryAfterSeconds ?? 0), circumstances.Now),
            };
        }

        var decision = Decide(snapshot, policy, circumstances);
        var hasFailed = decision?.Actions.Any(a => a.Action is ActionKind.Failed) is true;
        if (hasFailed)
        {
            NoteFailure(snapshot, decision!.Next!.LastFailure!);
        }

        if (decision is not { Order: BackendOrder.Start, Next: { } next } || (!hasFailed && state.IsPromised && snapshot.Deadline > circumstances.Now))
        {
            // An order that is repeated was charged when it was given.
            return decision;
        }

        var isTrial = false;
        if (hasFailed || state.Status is AgentStatus.BackingOff)
        {
            (var gate, isTrial) = AskOthers(snapshot, state, next, circumstances);
            if (gate is not null)
            {
                return Decide(snapshot, policy, circumstances with { Gate = gate });
            }
        }

        circumstances = circumstances with { IsTrial = isTrial };
        if (state.HasTurn)
        {
            // It has waited for that; but what the others came to meanwhile counts, and whether it is alone.
            return isTrial ? Decide(snapshot, policy, circumstances) : decision;
        }

        var turn = _panic.IsOn && next.LastFailure?.Reason is FailureReason.Silent or FailureReason.SiloLost && snapshot.Deadline <= circumstances.Now
            ? (At: _panic.Take(circumstances.Now), Limit: $"the panic guard is on, and lets {_options.PanicRestartsPerSecond} a second through")
            : (At: _budget.Take(circumstances.Now), Limit: $"the fleet restarts {_options.RestartsPerSecond} agents a second");
        return turn.At > circumstances.Now ? Decide(snapshot, policy, circumstances with { RestartTurn = turn })
            : isTrial ? Decide(snapshot, policy, circumstances) : decision;
    }

    private (RestartGate? Gate, bool IsTrial) AskOthers(AgentSnapshot snapshot, HealthState state, HealthState next, Circumstances circumstances) =>
        _breakers.Ask(state, circumstances.Now, circumstances.Random) is { } open
            ? (open, false)
            : _ramps.Ask(next with { Hold = state.Hold }, CauseOf(snapshot, next.LastFailure), circumstances.Now, circumstances.Random);

    /// <summary>Before any of them is judged: each must know of the others that failed with it.</summary>
    private void NoteFailures(IReadOnlyList<AgentSnapshot> snapshots)
    {
        foreach (var snapshot in snapshots)
        {
            if (snapshot is { State.Value.IsPromised: true, CurrentReport: { Kind: ReportKind.Failed, Reason: not FailureReason.Drained } report })
            {
                NoteFailure(snapshot, new AgentFailure(report.Reason, report.Message, report.At));
            }
        }
    }

    private void NoteFailure(AgentSnapshot snapshot, AgentFailure failure) =>
        _ramps.Failed(snapshot.Id, CauseOf(snapshot, failure), failure.Reason is FailureReason.SiloLost, _clock.Now);

    /// <summary>What agents have in common that fail alike: their kind, how they fail, and the type of what they throw. Null when it lies elsewhere.</summary>
    private static string? CauseOf(AgentSnapshot snapshot, AgentFailure? failure)
    {
        if (failure?.Reason is not (FailureReason.Crashed or FailureReason.Exited or FailureReason.StartFailed or FailureReason.StartTimedOut or FailureReason.Stuck)
            || snapshot.Definition.Value is not { } definition)
        {
            return null;
        }

        var colon = failure.Message.IndexOf(':', StringComparison.Ordinal);
        return $"{definition.Kind} {failure.Reason} {(colon > 0 && failure.Reason is FailureReason.Crashed or FailureReason.StartFailed ? failure.Message[..colon] : "")}";
    }

    private void NoteForOthers(AgentSnapshot before, Decision decision)
    {
        foreach (var action in decision.Actions)
        {
            switch (action.Action)
            {
                case ActionKind.Recovered:
                    _ramps.Recovered(before.Id, _clock.Now);
                    break;
                case ActionKind.Paused or ActionKind.Quarantined or ActionKind.Stopped or ActionKind.Completed or ActionKind.Removed:
                    _ramps.Left(before.Id);
                    break;
            }
        }
    }
}
