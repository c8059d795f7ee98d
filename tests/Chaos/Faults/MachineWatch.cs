using System.Globalization;
using OrleansHealing.Chaos.Cluster;

namespace OrleansHealing.Chaos.Faults;

/// <summary>
/// Notices when the machine itself has no time for the run: this process was not scheduled, or a thread of a silo that wanted to
/// run was left waiting. Whom that made late is no fault of the product's; how often it was stands in the report.
/// </summary>
internal sealed class MachineWatch(RunClock clock, FaultLog faults, Func<IReadOnlyList<Member>> members, Action<string> say)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan OwnLimit = TimeSpan.FromSeconds(1.5);

    // Three quarters of a window that is a bit shorter than the timeout of an agent, and than three missed probes.
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(3);

    private readonly Dictionary<string, TimeSpan> _waited = [];
    private Fault? _stall;
    private TimeSpan _lookedAt;

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            var before = clock.Now;
            await Task.Delay(Period, cancellation);
            if (clock.Now - before - Period is var late && late > OwnLimit)
            {
                faults.Add(FaultKind.MachineStall, before, clock.Now);
                say($"the machine did not schedule this process for {late.TotalSeconds:0.0} s");
            }

            if (clock.Now - _lookedAt > Window)
            {
                _lookedAt = clock.Now;
                Note(Look());
            }
        }
    }

    private void Note(Member? starved)
    {
        if (starved is null && _stall is { } over)
        {
            faults.End(over);
            _stall = null;
        }
        else if (starved is not null && _stall is null)
        {
            // It was so for the window that is over.
            _stall = faults.Begin(FaultKind.MachineStall, starved.Name, starved.Process.Pid);
            say($"the machine keeps {starved.Name} waiting for a processor");
        }
    }

    /// <summary>A silo of which a thread waited for a processor for most of the last window, as the scheduler of Linux tells it.</summary>
    private Member? Look()
    {
        Member? starved = null;
        var waited = new Dictionary<string, TimeSpan>();
        foreach (var member in members().Where(m => m.Process.IsAlive))
        {
            foreach (var (thread, time) in WaitsOf(member.Process.Pid))
            {
                waited[thread] = time;
                if (_waited.TryGetValue(thread, out var before) && time - before > WaitLimit)
                {
                    starved = member;
                }
            }
        }

        _waited.Clear();
        foreach (var (thread, time) in waited)
        {
            _waited[thread] = time;
        }

        return starved;
    }

    private static List<(string Thread, TimeSpan Waited)> WaitsOf(int pid)
    {
        var waits = new List<(string, TimeSpan)>();
        try
        {
            foreach (var thread in Directory.EnumerateDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/task")))
            {
                // Run time, time on a run queue, and slices; the times in nanoseconds.
                if (File.ReadAllText(Path.Combine(thread, "schedstat")).Split(' ') is [_, var queued, ..])
                {
                    waits.Add((thread, TimeSpan.FromMicroseconds(long.Parse(queued, CultureInfo.InvariantCulture) / 1000)));
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile, or this kernel does not tell.
        }

        return waits;
    }
}
