using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;
using OrleansHealing.Silo.Launching;

namespace OrleansHealing.Silo.Healing;

/// <summary>One silo's process, with what it printed.</summary>
internal sealed partial class SiloProcess
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SiloProcess(Process process) => _process = process;

    public string? Name { get; private set; }

    public string? Url { get; private set; }

    public int Pid => _process.Id;

    public bool IsAlive => !_process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>All that it printed so far.</summary>
    public string Output => string.Join(Environment.NewLine, _lines);

    public static SiloProcess Start(ChildCommand command, IReadOnlyDictionary<string, string>? environment = null)
    {
        var process = new Process { StartInfo = command.ToStartInfo(), EnableRaisingEvents = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            process.StartInfo.Environment[name] = value;
        }

        var silo = new SiloProcess(process);
        process.OutputDataReceived += (_, line) => silo.Take(line.Data);
        process.ErrorDataReceived += (_, line) => silo.Take(line.Data);
        process.Exited += (_, _) => silo._ready.TrySetException(new InvalidOperationException($"The silo ended with {process.ExitCode}: {silo.Output}"));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return silo;
    }

    /// <summary>Completes when it says where its dashboard is, and fails when it ends before.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Completes when it has ended, however.</summary>
    public Task Ended(CancellationToken cancellation) => _process.WaitForExitAsync(cancellation);

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>SIGSTOP: the process is there and does nothing, as on a machine that swaps or was paused.</summary>
    public Task FreezeAsync() => Signals.SendAsync("STOP", _process.Id);

    /// <summary>SIGCONT.</summary>
    public Task ThawAsync() => Signals.SendAsync("CONT", _process.Id);

    /// <summary>SIGTERM, as a service manager or a container's engine stops a process; how far it has come is not asked.</summary>
    public Task OrderTerminationAsync() => Signals.SendAsync("TERM", _process.Id);

    /// <summary>Its launcher's pipe ends, which is the order to stop; how far it has come is not asked.</summary>
    public void OrderStop() => _process.StandardInput.Close();

    /// <summary>An orderly stop: its launcher's pipe ends.</summary>
    public async Task StopAsync(TimeSpan patience)
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            using var limit = new CancellationTokenSource(patience);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
            }
        }
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        _lines.Enqueue(line);
        if (UpLine().Match(line) is { Success: true } up)
        {
            Name = up.Groups[1].Value;
            Url = up.Groups[2].Value;
            _ready.TrySetResult();
        }
    }

    [GeneratedRegex(@"^(\S+) is up\. Dashboard: (\S+)")]
    private static partial Regex UpLine();
}
