using System.Collections.Concurrent;
using System.Diagnostics;

namespace OrleansHealing.Benchmarks;

/// <summary>The processes that a benchmark started, all of which end with it.</summary>
internal sealed class ProcessGroup : IAsyncDisposable
{
    private readonly ConcurrentBag<Process> _processes = [];

    /// <summary>Starts a .NET program that is there beside this one, and passes on each line that it writes.</summary>
    /// <param name="program">Its file.</param>
    /// <param name="arguments">What it is told.</param>
    /// <param name="line">Called with each line.</param>
    /// <param name="runtimeOf">The program whose settings of the runtime it runs with; its own by default.</param>
    public Process Start(string program, IEnumerable<string> arguments, Action<string> line, string? runtimeOf = null)
    {
        string[] runtime = runtimeOf is null ? [] : ["exec", "--runtimeconfig", PathOf(Path.ChangeExtension(runtimeOf, ".runtimeconfig.json"))];
        var process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [.. runtime, PathOf(program), .. arguments])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.OutputDataReceived += (_, output) => line(output.Data ?? "");
        process.ErrorDataReceived += (_, error) => line(error.Data ?? "");
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Add(process);
        return process;
    }

    /// <summary>Starts a node, which says when it is up and where it listens.</summary>
    public async Task<(Process Process, string Url)> StartNodeAsync(
        string name, string program, IEnumerable<string> arguments, TimeSpan patience, Action<string>? line = null, string? runtimeOf = null)
    {
        var up = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new ConcurrentQueue<string>();
        var process = Start(program, arguments, text =>
        {
            line?.Invoke(text);
            if (!up.Task.IsCompleted)
            {
                said.Enqueue(text);
            }

            if (text.StartsWith($"{name} is up. Dashboard: ", StringComparison.Ordinal))
            {
                up.TrySetResult(text.Split(' ')[4]);
            }
        }, runtimeOf);
        using var limit = new CancellationTokenSource(patience);
        var ended = process.WaitForExitAsync(limit.Token);
        return await Task.WhenAny(up.Task, ended) == up.Task
            ? (process, await up.Task)
            : throw new InvalidOperationException(
                $"Node {name} {(ended.IsCompletedSuccessfully ? $"ended with {process.ExitCode}" : $"was not up after {patience}")}; it said: {string.Join('\n', said.TakeLast(20))}");
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

    private static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, file);

    public async ValueTask DisposeAsync() => await EndAsync(_processes);
}
