using Microsoft.Extensions.Logging;
using OrleansHealing.Heartbeats;

namespace OrleansHealing.Supervision;

/// <summary>Distrusts the detector when too many are silent at once and no silo is to blame for it.</summary>
internal sealed partial class Judge
{
    private const int PanicSample = 200;

    /// <summary>
    /// Those that fell silent at once miss their deadlines within a heartbeat of each other, and are judged one after the other. So
    /// whoever is late counts as well, from the first who missed it.
    /// </summary>
    private async Task LookForPanicAsync(IReadOnlyList<AgentSnapshot> snapshots)
    {
        var now = _clock.Now;
        if (!snapshots.Any(s => s is { State.Value.IsPromised: true, CurrentReport: null } && s.Deadline <= now) && !_panic.IsOn)
        {
            return;
        }

        var late = await _store.CountPastDeadlinesAsync(_partition, now + LateBefore(_options.ToPolicy()));
        if (late < _options.PanicLeast && !_panic.IsOn)
        {
            return;
        }

        var counts = await _store.CountAsync(_partition);
        var promised = counts.Where(c => c.Key is AgentStatus.Starting or AgentStatus.Healthy or AgentStatus.Restarting).Sum(c => c.Value);
        var silent = PanicGuard.IsMany(late, promised, _options) ? await EstimateSilentAsync(late) : late;
        if (_panic.Note(silent, promised, now))
        {
            _panicWhy = $"{silent} of {promised} agents fell silent at once, and no silo died";
            Hearing.HoldAll($"panic guard: {_panicWhy}", "panic-guard");
            LogPanic(_logger, silent, promised);
        }
    }

    /// <summary>Of those that are late, the ones that no silo explains and no end that was told; by a sample, where they are many.</summary>
    private async Task<long> EstimateSilentAsync(long late)
    {
        var due = await _store.DueAsync(_partition, _clock.Now + LateBefore(_options.ToPolicy()), PanicSample);
        var loaded = await _store.LoadAsync(_partition, due.Ids);
        var now = _clock.Now;
        var sample = loaded.Where(s => s.State.Value is { IsPromised: true } && s.Deadline <= now + LateBefore(_options.ToPolicy())).ToList();
        var hosts = await FindSilentAsync(sample, isLateEnough: true);
        var silent = sample.LongCount(s => s.CurrentReport is null && s.Deadline <= now + LateBefore(PolicyOf(s))
            && s.ClaimedBy is { } host && !hosts.Contains(host) && !_deadHosts.Contains(host));
        return sample.Count == 0 ? 0 : Math.Max(silent, late * silent / sample.Count);
    }

    /// <summary>So long before its deadline an agent has missed two heartbeats, and at least half of its timeout.</summary>
    private static TimeSpan LateBefore(SupervisionPolicy policy)
    {
        var twoMissed = policy.Timeout - (2 * policy.Heartbeat);
        return twoMissed < TimeSpan.Zero ? TimeSpan.Zero : twoMissed < policy.Timeout / 2 ? twoMissed : policy.Timeout / 2;
    }

    [LoggerMessage(1226, LogLevel.Error, "{Silent} of {Promised} agents fell silent at once, and no silo died: each gets one more timeout, then they are restarted slowly")]
    private static partial void LogPanic(ILogger logger, long silent, long promised);
}
