using System.Collections.Concurrent;
using System.Diagnostics;

namespace OrleansHealing.Benchmarks;

/// <summary>The processes that a benchmark started, all of which end with it.</summary>
internal sealed class ProcessGroup : IAsyncDisposable
{
    private readonly ConcurrentBag<Process> _processes = [];

    /// <summary>Starts a .NET program that is there beside this one, and passes on each line that it writes.</summary>
    public Process Start(string program, IEnumerable<string> arguments, Action<string> line)
    {
        var process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, program), .. arguments])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.OutputDataReceived += (_, output) => line(output.Data ?? "");
        process.ErrorDataReceived += (_, _) => { };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Add(process);
        return process;
    }

    /// <summary>Starts a node, which says when it is up and where it listens.</summary>
    public async Task<(Process Process, string Url)> StartNodeAsync(
        string name, string program, IEnumerable<string> arguments, TimeSpan patience, Action<string>? line = null)
    {
        var up = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = Start(program, arguments, text =>
        {
            line?.Invoke(text);
            if (text.StartsWith($"{name} is up. Dashboard: ", StringComparison.Ordinal))
            {
                up.TrySetResult(text.Split(' ')[4]);
            }
        });
        return (process, await up.Task.WaitAsync(patience));
    }

    /// <summary>Sends a signal, by its name without <c>SIG</c>.</summary>
    public static void Signal(string signal, Process process)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        kill.WaitForExit();
    }

    public static async Task EndAsync(IEnumerable<Process> processes)
    {
        foreach (var process in processes)
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync();
            }

            process.Dispose();
        }
    }

    public async ValueTask DisposeAsync() => await EndAsync(_processes);
}
