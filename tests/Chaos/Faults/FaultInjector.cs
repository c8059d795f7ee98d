using System.Diagnostics;
using System.Text.Json;
using OrleansHealing.Chaos.Cluster;
using OrleansHealing.Chaos.Observation;
using OrleansHealing.Chaos.Plan;

namespace OrleansHealing.Chaos.Faults;

/// <summary>Does what a plan says, to whoever is there.</summary>
internal sealed class FaultInjector(
    ChaosCluster cluster, IChaosStore store, FaultLog log, Reaper reaper, Func<Snapshot?> latest, Action<string> say)
    : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // One store can be killed or frozen once at a time.
    private readonly SemaphoreSlim _storeTurn = new(1, 1);
    private readonly Dictionary<FaultKind, int> _injected = [];
    private readonly Dictionary<int, List<long>> _thawed = [];

    /// <summary>How many faults of each kind were injected.</summary>
    public IReadOnlyDictionary<FaultKind, int> Injected => _injected;

    /// <summary>When a process was let go on after it was frozen.</summary>
    public IReadOnlyList<long> ThawedAt(int pid) => _thawed.GetValueOrDefault(pid) ?? [];

    public void Dispose() => _storeTurn.Dispose();

    /// <summary>Injects one fault; completes when it is over.</summary>
    public Task InjectAsync(PlannedFault planned, CancellationToken cancellation)
    {
        lock (_injected)
        {
            _injected[planned.Kind] = _injected.GetValueOrDefault(planned.Kind) + 1;
        }

        return planned.Kind switch
        {
            FaultKind.KillSilo => KillAsync(planned.Kind, Some(planned)),
            FaultKind.KillSupervisor => KillAsync(planned.Kind, SupervisorOrSome(planned)),
            FaultKind.KillAllSilos => KillAsync(planned.Kind, cluster.Members.Where(m => !m.IsMeantToEnd)),
            FaultKind.StopSilo => StopAsync(planned.Kind, Some(planned), cancellation),
            FaultKind.RollingRestart => RollAsync(cancellation),
            FaultKind.JoinSilo => JoinAsync(cancellation),
            FaultKind.FreezeSilo => FreezeAsync(planned, cancellation),
            FaultKind.FreezeStore => FreezeStoreAsync(planned, cancellation),
            FaultKind.KillStore => KillStoreAsync(planned, cancellation),
            FaultKind.HogCpu => HogAsync(planned, cancellation),
            _ => OrderAsync(planned, cancellation),
        };
    }

    private IEnumerable<Member> Some(PlannedFault planned) => cluster.AtWork is [_, ..] some ? [some[planned.Pick % some.Count]] : [];

    private IEnumerable<Member> SupervisorOrSome(PlannedFault planned)
    {
        var pid = latest() is { Supervisor: { } host } seen && seen.Silos.TryGetValue(host, out var silo) ? silo.Pid : 0;
        return cluster.Members.FirstOrDefault(m => m.Process.Pid == pid) is { } member ? [member] : Some(planned);
    }

    private async Task KillAsync(FaultKind kind, IEnumerable<Member> members)
    {
        await Task.WhenAll(members.ToList().Select(async member =>
        {
            member.IsMeantToEnd = true;
            var fault = Begin(kind, member);
            await member.Process.KillAsync();
            log.End(fault);
        }));
    }

    private async Task StopAsync(FaultKind kind, IEnumerable<Member> members, CancellationToken cancellation)
    {
        foreach (var member in members)
        {
            var fault = Begin(kind, member);
            await cluster.StopAsync(member, cancellation);
            log.End(fault);
        }
    }

    private async Task RollAsync(CancellationToken cancellation)
    {
        var rolling = cluster.AtWork;
        foreach (var member in rolling.Where(m => m.Process.IsAlive))
        {
            await StopAsync(FaultKind.RollingRestart, member.IsMeantToEnd ? [] : [member], cancellation);

            // As whoever rolls would: the next one only when this one has a successor.
            while (cluster.AtWork.Count < rolling.Count && cluster.Members.Any(m => !m.IsUp))
            {
                await Task.Delay(Pause, cancellation);
            }
        }
    }

    private async Task JoinAsync(CancellationToken cancellation)
    {
        var member = cluster.Add();
        var fault = Begin(FaultKind.JoinSilo, member);
        while (member.Process is { IsAlive: true, Ready.IsCompleted: false })
        {
            await Task.Delay(Pause, cancellation);
        }

        log.End(fault);
    }

    private async Task FreezeAsync(PlannedFault planned, CancellationToken cancellation)
    {
        foreach (var member in Some(planned))
        {
            var fault = Begin(planned.Kind, member, planned.Length);
            member.IsFrozen = true;
            try
            {
                await SignalAsync(member, member.Process.FreezeAsync);
                await Task.WhenAny(Task.Delay(planned.Length, cancellation), member.Process.Ended(cancellation));
            }
            finally
            {
                await ThawAsync(member);
                log.End(fault);
            }
        }
    }

    private async Task ThawAsync(Member member)
    {
        lock (_thawed)
        {
            _thawed.TryAdd(member.Process.Pid, []);
            _thawed[member.Process.Pid].Add(Stopwatch.GetTimestamp());
        }

        await SignalAsync(member, member.Process.ThawAsync);
        member.IsFrozen = false;
    }

    private static async Task SignalAsync(Member member, Func<Task> send)
    {
        try
        {
            await send();
        }
        catch (InvalidOperationException) when (!member.Process.IsAlive)
        {
            // It ended in the meantime.
        }
    }

    private async Task FreezeStoreAsync(PlannedFault planned, CancellationToken cancellation)
    {
        await _storeTurn.WaitAsync(cancellation);
        var fault = Begin(planned.Kind, null, planned.Length);
        if (fault.Pid is { } pid)
        {
            // Nobody would let it go on if this process were killed now.
            reaper.Watch(pid);
        }

        try
        {
            await store.FreezeAsync();
            await Task.Delay(planned.Length, cancellation);
        }
        finally
        {
            await store.ThawAsync();
            log.End(fault);
            _storeTurn.Release();
        }
    }

    private async Task KillStoreAsync(PlannedFault planned, CancellationToken cancellation)
    {
        await _storeTurn.WaitAsync(cancellation);
        var fault = Begin(planned.Kind, null, planned.Length);
        try
        {
            if (store.Pid is { } pid)
            {
                reaper.Forget(pid);
            }

            await store.KillAsync();
            await Task.Delay(planned.Length, cancellation);
            await store.ReturnAsync(cancellation);
            if (store.Pid is { } back)
            {
                reaper.Watch(back);
            }
        }
        finally
        {
            log.End(fault);
            _storeTurn.Release();
        }
    }

    private async Task HogAsync(PlannedFault planned, CancellationToken cancellation)
    {
        var fault = Begin(planned.Kind, null, planned.Length);
        var hogs = Enumerable.Range(0, Environment.ProcessorCount * 2).Select(_ => Process.Start("sh", ["-c", "while :; do :; done"])).ToList();
        hogs.ForEach(h => reaper.Watch(h.Id));
        try
        {
            await Task.Delay(planned.Length, cancellation);
        }
        finally
        {
            foreach (var hog in hogs)
            {
                hog.Kill();
                await hog.WaitForExitAsync(CancellationToken.None);
                reaper.Forget(hog.Id);
                hog.Dispose();
            }

            log.End(fault);
        }
    }

    private async Task OrderAsync(PlannedFault planned, CancellationToken cancellation)
    {
        var healthy = latest()?.States.Where(s => s.Value.Status is "healthy").Select(s => s.Key).Order(StringComparer.Ordinal).ToList() ?? [];
        if (healthy.Count == 0)
        {
            say($"{planned.Kind}: nobody is healthy");
            return;
        }

        var agent = healthy[planned.Pick % healthy.Count];
        var fault = log.Begin(planned.Kind, agent: agent, mode: planned.Mode);
        try
        {
            await (planned.Kind switch
            {
                FaultKind.CrashAgent => PostAsync(fault, "crash", new { mode = planned.Mode }, cancellation),
                FaultKind.RestartAgent => PostAsync(fault, "restart", new { reason = "chaos" }, cancellation),
                _ => RestAsync(fault, planned.Length, cancellation),
            });
        }
        finally
        {
            log.End(fault);
        }
    }

    private async Task RestAsync(Fault fault, TimeSpan length, CancellationToken cancellation)
    {
        await PostAsync(fault, "pause", new { reason = "chaos" }, cancellation);
        await Task.Delay(length, cancellation);

        // The order may have been carried out although its answer was lost.
        do
        {
            await PostAsync(fault, "resume", new { reason = "chaos" }, cancellation);
            await Task.Delay(Pause * 10, cancellation);
        }
        while (latest()?.States.GetValueOrDefault(fault.Agent!)?.Status is "paused");
    }

    private async Task PostAsync(Fault fault, string order, object body, CancellationToken cancellation)
    {
        var (isDone, answer) = await cluster.SendAsync(HttpMethod.Post, $"/agents/{fault.Agent}/{order}", body, cancellation);
        if (isDone && IncarnationOf(answer) is { } incarnation)
        {
            log.Taken(fault, incarnation);
        }

        say(isDone ? $"{fault} ({order})" : $"{fault} ({order}) was not taken: {answer}");
    }

    private static long? IncarnationOf(string answer) =>
        JsonSerializer.Deserialize<JsonElement>(answer[answer.IndexOf('{', StringComparison.Ordinal)..]) is var reply
        && reply.TryGetProperty("incarnation", out var value) && value.TryGetInt64(out var incarnation) ? incarnation : null;

    private Fault Begin(FaultKind kind, Member? member, TimeSpan? length = null)
    {
        var fault = log.Begin(kind, member?.Name, member?.Process.Pid ?? (kind is FaultKind.FreezeStore or FaultKind.KillStore ? store.Pid : null));
        say(length is { } span ? $"{fault} for {span.TotalSeconds:0.0} s" : fault.ToString());
        return fault;
    }
}
