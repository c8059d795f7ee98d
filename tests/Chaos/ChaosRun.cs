using OrleansHealing.Chaos.Checking;
using OrleansHealing.Chaos.Cluster;
using OrleansHealing.Chaos.Effects;
using OrleansHealing.Chaos.Faults;
using OrleansHealing.Chaos.Observation;
using OrleansHealing.Chaos.Plan;
using OrleansHealing.Silo.Healing;
using StackExchange.Redis;

namespace OrleansHealing.Chaos;

/// <summary>One run, from its first silo to the end of the last process that it started.</summary>
internal sealed class ChaosRun(ChaosOptions options, Action<string> output)
{
    private static readonly TimeSpan PollPeriod = TimeSpan.FromMilliseconds(100);

    // Three silos that start on two busy cores were seen to take most of a minute.
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(4);

    private readonly RunClock _clock = new();
    private readonly Lock _lock = new();
    private readonly List<Violation> _others = [];
    private volatile Snapshot? _latest;
    private Checker _checker = null!;
    private FaultLog _faults = null!;

    /// <summary>Runs it, to its end or until it is cancelled. Whatever happens, no process is left when this returns.</summary>
    /// <returns>What was seen; the directory of the run is gone unless something was wrong.</returns>
    public async Task<ChaosReport> RunAsync(CancellationToken cancellation)
    {
        var directory = Directory.CreateTempSubdirectory("healing-chaos-").FullName;
        _faults = new FaultLog(_clock);
        try
        {
            var report = await RunInAsync(directory, cancellation);
            if (report.IsClean)
            {
                Directory.Delete(directory, recursive: true);
            }

            return report;
        }
        catch
        {
            Say($"The run broke off; logs and data: {directory}");
            throw;
        }
    }

    private async Task<ChaosReport> RunInAsync(string directory, CancellationToken cancellation)
    {
        var logs = Directory.CreateDirectory(Path.Combine(directory, "logs")).FullName;
        var fleet = new Fleet(options.Agents, directory);
        var effects = new EffectsJudge();
        await using var reaper = new Reaper();
        await using var store = await CreateStoreAsync(directory, reaper);
        _checker = new Checker(Settings.LimitsOf(fleet, store.TearsScripts));
        await using var cluster = new ChaosCluster(store, options.Silos, Settings.Arguments, logs, _clock, _faults, reaper, Report);
        using var injector = new FaultInjector(cluster, store, _faults, reaper, () => _latest, Say);
        try
        {
            await DriveAsync(store, cluster, fleet, injector, effects, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Say("stopped before its end");
        }

        return new ChaosReport(
            options, [.. _checker.Violations, .. _others], new Dictionary<FaultKind, int>(injector.Injected), _checker, effects, cluster.Started,
            [.. _faults.All.Where(f => f.Kind is FaultKind.MachineStall)], _clock.Now, directory);
    }

    private async Task DriveAsync(
        IChaosStore store, ChaosCluster cluster, Fleet fleet, FaultInjector injector, EffectsJudge effects, CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task[] helpers =
        [
            cluster.TendAsync(end.Token),
            WatchAsync(new StoreReader(() => store.ConnectionString, fleet.Ids, _clock), end.Token),
            fleet.TendAsync(cluster, () => _latest, end.Token),
            new MachineWatch(_clock, _faults, () => cluster.Members, Say).RunAsync(end.Token),
        ];
        try
        {
            var driving = PlayAsync(fleet, injector, effects, end.Token);

            // A helper that ends before the run does has failed, and says why.
            await await Task.WhenAny([driving, .. helpers]);
        }
        finally
        {
            await end.CancelAsync();
            foreach (var helper in helpers)
            {
                // What ended the run is thrown already; another that failed is told, and one that was cancelled has not failed.
                await helper.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (helper.IsFaulted)
                {
                    Say($"a helper failed: {helper.Exception.InnerException}");
                }
            }
        }
    }

    private async Task PlayAsync(Fleet fleet, FaultInjector injector, EffectsJudge effects, CancellationToken cancellation)
    {
        Say($"seed {options.Seed}, {options.Agents} agents on {options.Silos} silos and the {options.Store} store; waiting for them");
        await BackAsync("the fleet to be up", fleet.Ids.Count, StartPatience, cancellation);
        var until = _clock.Now + options.Length;
        foreach (var episode in ChaosPlan.Of(options.Seed, options.LongestFreeze))
        {
            if (_clock.Now >= until)
            {
                break;
            }

            Say($"episode {episode.Number} of seed {options.Seed}: {string.Join(", ", episode.Faults.Select(f => f.Kind))}");
            await Task.WhenAll(episode.Faults.Select(async fault =>
            {
                await Task.Delay(fault.After, cancellation);
                await injector.InjectAsync(fault, cancellation);
            }));
            await BackAsync($"all to be back after episode {episode.Number}", 0, _checker.BackWithin + StartPatience, cancellation);
            JudgeEffects(fleet, injector, effects);
            await Task.Delay(episode.Rest, cancellation);
        }

        JudgeEffects(fleet, injector, effects);
    }

    /// <summary>Until every agent is where it should be; that this takes too long is for the checker to say.</summary>
    private async Task BackAsync(string awaited, int agents, TimeSpan patience, CancellationToken cancellation)
    {
        var began = _clock.Now;
        var before = _latest;
        while (!(_latest is { } seen && seen.States.Count >= agents && _checker.Back.AreAllBack && _checker.Unnoticed.Count == 0 && HaveBeatenSince(before, seen)))
        {
            if (_clock.Now - began > patience)
            {
                Report(new Violation(_clock.Now, "G2 back in time", null, $"awaited for {patience.TotalSeconds} s: {awaited}. Away: {string.Join(", ", _checker.Back.Away)}; not noticed: {string.Join(", ", _checker.Unnoticed)}"));
                return;
            }

            await Task.Delay(PollPeriod, cancellation);
        }

        Say($"all are back after {(_clock.Now - began).TotalSeconds:0.0} s");
    }

    /// <summary>What was killed last still has a deadline ahead, and is not yet missed: only a beat shows that it is not that.</summary>
    private static bool HaveBeatenSince(Snapshot? before, Snapshot now)
    {
        var deadlines = before?.Deadlines.ToDictionary(d => (d.Agent, d.Incarnation), d => d.At) ?? [];
        return now.Deadlines.All(d => !deadlines.TryGetValue((d.Agent, d.Incarnation), out var at) || d.At > at);
    }

    private async Task WatchAsync(StoreReader reader, CancellationToken cancellation)
    {
        await using (reader)
        {
            while (!cancellation.IsCancellationRequested)
            {
                try
                {
                    var snapshot = await reader.ReadAsync();
                    var found = _checker.See(snapshot, _faults.All);
                    _latest = snapshot;
                    foreach (var violation in found)
                    {
                        Say($"VIOLATION {violation}");
                    }
                }
                catch (Exception e) when (e is RedisException or TimeoutException)
                {
                    // The store is away: there is nothing to see, and nothing can be wrong with what is not there.
                }

                await Task.Delay(PollPeriod, cancellation);
            }
        }
    }

    private void JudgeEffects(Fleet fleet, FaultInjector injector, EffectsJudge effects)
    {
        // Judged anew each time over everything, so what was told before comes again.
        foreach (var violation in effects.Judge(EffectFile.ReadAll(fleet.Effects), injector.ThawedAt, _checker.HasSkipped, _clock.Now))
        {
            if (IsNews(violation))
            {
                Report(violation);
            }
        }
    }

    private async Task<IChaosStore> CreateStoreAsync(string directory, Reaper reaper)
    {
        if (options.Store is ChaosOptions.Embedded)
        {
            return new EmbeddedChaosStore(Path.Combine(directory, "store"));
        }

        var program = RedisServer.Program ?? throw new InvalidOperationException("redis-server is not installed: apt-get install redis-server");
        var server = await RedisChaosStore.LaunchAsync(program);
        reaper.Watch(server.Pid!.Value);
        return server;
    }

    private bool IsNews(Violation violation)
    {
        lock (_lock)
        {
            return !_others.Exists(v => (v.Rule, v.Agent, v.Evidence) == (violation.Rule, violation.Agent, violation.Evidence));
        }
    }

    private void Report(Violation violation)
    {
        lock (_lock)
        {
            _others.Add(violation);
        }

        Say($"VIOLATION {violation}");
    }

    private void Say(string text) => output(FormattableString.Invariant($"{_clock.Now:hh\\:mm\\:ss\\.fff} {text}"));
}
