using Microsoft.Extensions.Logging;
using OrleansHealing.Heartbeats;

namespace OrleansHealing.Supervision;

/// <summary>What keeps a mass failure from becoming a stampede: the fleet's limit of restarts, and the panic guard.</summary>
internal sealed partial class Judge
{
    private readonly RestartBudget _budget;
    private readonly PanicGuard _panic;

    /// <summary>Decides; and when that is a restart whose turn has not come yet, decides with that in mind.</summary>
    private Decision? InTurn(AgentSnapshot snapshot, HealthState state)
    {
        var policy = PolicyOf(snapshot);
        var circumstances = Now(policy);
        var decision = Decide(snapshot, policy, circumstances);
        if (decision is not { Order: BackendOrder.Start, Next: { } next } || next.Incarnation == state.Incarnation || state.HasTurn)
        {
            return decision;
        }

        var turn = _panic.IsOn && next.LastFailure?.Reason is FailureReason.Silent or FailureReason.SiloLost && snapshot.Deadline <= circumstances.Now
            ? (At: _panic.Take(circumstances.Now), Limit: $"the panic guard is on, and lets {_options.PanicRestartsPerSecond} a second through")
            : (At: _budget.Take(circumstances.Now), Limit: $"the fleet restarts {_options.RestartsPerSecond} agents a second");
        return turn.At > circumstances.Now ? Decide(snapshot, policy, circumstances with { RestartTurn = turn }) : decision;
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
            Hearing.HoldAll($"panic guard: {silent} of {promised} agents fell silent at once, and no silo died");
            LogPanic(_logger, silent, promised);
        }
    }

    [LoggerMessage(1226, LogLevel.Error, "{Silent} of {Promised} agents fell silent at once, and no silo died: each gets one more timeout, then they are restarted slowly")]
    private static partial void LogPanic(ILogger logger, int silent, long promised);
}
