using Microsoft.Extensions.Logging;
using OrleansHealing.Heartbeats;

namespace OrleansHealing.Supervision;

/// <summary>What keeps a mass failure from becoming a stampede: the fleet's limit of restarts, and the panic guard.</summary>
internal sealed partial class Judge
{
    private readonly RestartBudget _budget;
    private readonly PanicGuard _panic;
    private readonly RestartRamps _ramps;
    private readonly Breakers _breakers;

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

        if (decision is not { Order: BackendOrder.Start, Next: { } next } || state.HasTurn)
        {
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
            if (snapshot is { State.Value.IsPromised: true, CurrentReport: { Kind: ReportKind.Failed } report })
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

    /// <summary>Distrusts the detector when too many are silent at once and no silo is to blame for it.</summary>
    private async Task LookForPanicAsync(IReadOnlyList<AgentSnapshot> snapshots)
    {
        var now = _clock.Now;
        var missed = snapshots.Where(s => s.State.Value is { IsPromised: true } && s.Deadline <= now).ToList();
        var silent = missed.Count(s => s.CurrentReport is null
            && s.ClaimedBy is { } host && !_silentHosts.Contains(host) && !_deadHosts.Contains(host));
        if (silent < _options.PanicLeast && !_panic.IsOn)
        {
            return;
        }

        // These are a part of all who are due; of the others the same share is taken to be silent.
        var due = await _store.CountPastDeadlinesAsync(_partition, now);
        silent = missed.Count == 0 ? 0 : (int)Math.Max(silent, due * silent / missed.Count);
        var counts = await _store.CountAsync(_partition);
        var promised = counts.Where(c => c.Key is AgentStatus.Starting or AgentStatus.Healthy or AgentStatus.Restarting).Sum(c => c.Value);
        if (_panic.Note(silent, promised, now))
        {
            _panicWhy = $"{silent} of {promised} agents fell silent at once, and no silo died";
            Hearing.HoldAll($"panic guard: {_panicWhy}", "panic-guard");
            LogPanic(_logger, silent, promised);
        }
    }

    [LoggerMessage(1226, LogLevel.Error, "{Silent} of {Promised} agents fell silent at once, and no silo died: each gets one more timeout, then they are restarted slowly")]
    private static partial void LogPanic(ILogger logger, int silent, long promised);
}
