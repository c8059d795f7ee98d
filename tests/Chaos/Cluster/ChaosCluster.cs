using System.Net.Http.Json;
using OrleansHealing.Chaos.Checking;
using OrleansHealing.Chaos.Faults;
using OrleansHealing.Silo.Healing;
using OrleansHealing.Silo.Launching;

namespace OrleansHealing.Chaos.Cluster;

/// <summary>
/// The silos of a run: each a process of its own, replaced when it ended, whatever ended it. Who ends without a reason is a
/// violation.
/// </summary>
internal sealed class ChaosCluster(
    IChaosStore store, int target, IReadOnlyList<string> options, string logs, RunClock clock, FaultLog faults, Reaper reaper, Action<Violation> report)
    : IAsyncDisposable
{
    private const int LinesShown = 5;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(90);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly List<Member> _members = [];
    private readonly Lock _lock = new();
    private readonly string _clusterId = $"chaos-{Guid.NewGuid():N}";
    private Fault? _noSilo;
    private int _started;
    private bool _isEnding;

    /// <summary>The silos whose processes live, oldest first.</summary>
    public IReadOnlyList<Member> Members
    {
        get
        {
            lock (_lock)
            {
                return [.. _members];
            }
        }
    }

    /// <summary>Those that can do any work now.</summary>
    public IReadOnlyList<Member> AtWork => [.. Members.Where(m => m.IsAtWork && !m.IsMeantToEnd)];

    public int Started => _started;

    /// <summary>Replaces silos until it is cancelled.</summary>
    public async Task TendAsync(CancellationToken cancellation)
    {
        // Ctrl+C reaches the silos as well, and they end as they should.
        await using var ending = cancellation.Register(() => _isEnding = true);
        while (!cancellation.IsCancellationRequested)
        {
            foreach (var ended in Members.Where(m => !m.Process.IsAlive))
            {
                Bury(ended);
            }

            // One that is frozen, or is about to end, is made up for at once.
            for (var missing = target - Members.Count(m => !m.IsFrozen && !m.IsMeantToEnd); missing > 0; missing--)
            {
                Add();
            }

            NoteWhetherAnyWorks();
            await Task.Delay(Period, cancellation);
        }
    }

    /// <summary>Starts one silo more.</summary>
    public Member Add()
    {
        var name = $"silo-{Interlocked.Increment(ref _started)}";
        var command = SiloExecutable.Command with { Arguments = [Path.Combine(AppContext.BaseDirectory, "OrleansHealing.Chaos.dll"), Program.SiloVerb] };
        var process = SiloProcess.Start(command.With(
            ["--silo-name", name, "--with-parent", .. store.SiloOptions, $"--Healing:ClusterId={_clusterId}", $"--Healing:ServiceId={_clusterId}", .. options]));
        reaper.Watch(process.Pid);
        var member = new Member(name, process, clock.Now);
        lock (_lock)
        {
            _members.Add(member);
        }

        return member;
    }

    /// <summary>SIGTERM, and its end in good order.</summary>
    public async Task StopAsync(Member member, CancellationToken cancellation)
    {
        member.IsMeantToEnd = true;
        await member.Process.OrderTerminationAsync();
        try
        {
            await member.Process.Ended(cancellation).WaitAsync(StopPatience, cancellation);
        }
        catch (TimeoutException)
        {
            report(new Violation(clock.Now, "G19 stop in good order", null, $"{member.Name} ({member.Process.Pid}) did not end within {StopPatience.TotalSeconds} s of SIGTERM"));
            await member.Process.KillAsync();
        }
    }

    /// <summary>Sends a request to the silos that work, one after the other until one answers it.</summary>
    /// <returns>Whether it was carried out, and what was answered.</returns>
    public async Task<(bool IsDone, string Answer)> SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellation)
    {
        var answer = "no silo works";
        foreach (var member in AtWork)
        {
            try
            {
                using var request = new HttpRequestMessage(method, $"{member.Process.Url}/api/v1{path}");
                request.Content = body is null ? null : JsonContent.Create(body);
                using var response = await _http.SendAsync(request, cancellation);
                answer = $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellation)}";
                if (response.IsSuccessStatusCode || (int)response.StatusCode is >= 400 and < 500)
                {
                    return (response.IsSuccessStatusCode, answer);
                }
            }
            catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
            {
                answer = e.Message;
            }
        }

        return (false, answer);
    }

    /// <summary>Ends every silo, and writes what it has printed.</summary>
    public async ValueTask DisposeAsync()
    {
        _isEnding = true;
        foreach (var member in Members)
        {
            if (member.Process.IsAlive)
            {
                await member.Process.KillAsync();
            }

            Bury(member);
        }

        _http.Dispose();
    }

    private void Bury(Member member)
    {
        lock (_lock)
        {
            _members.Remove(member);
        }

        reaper.Forget(member.Process.Pid);
        File.WriteAllText(Path.Combine(logs, $"{member.Name}.log"), member.Process.Output);
        if (!_isEnding && !member.IsMeantToEnd && !HasReason(member))
        {
            var last = string.Join(" | ", member.Process.Output.Split(Environment.NewLine).TakeLast(LinesShown));
            report(new Violation(
                clock.Now, "no silo ends without a reason", null,
                $"{member.Name} ({member.Process.Pid}) ended with {member.Process.ExitCode}: {last}"));
        }
    }

    /// <summary>
    /// One that was frozen, or not scheduled, may have been declared dead, and ends itself when it reads so; one that was only
    /// starting gives up when the store is away.
    /// </summary>
    private bool HasReason(Member member) => faults.All.Any(f =>
        (f.Kind is FaultKind.FreezeSilo && f.Pid == member.Process.Pid)
        || (f.Reaches(member.StartedAt, clock.Now, TimeSpan.FromSeconds(30))
            && (f.IsOfTheMachine || (f.IsOfTheStore && !member.Process.Ready.IsCompletedSuccessfully))));

    private void NoteWhetherAnyWorks()
    {
        var works = Members.Any(m => m.IsAtWork);
        if (!works)
        {
            _noSilo ??= faults.Begin(FaultKind.NoSilo);
        }
        else if (_noSilo is { } over)
        {
            faults.End(over);
            _noSilo = null;
        }
    }
}
