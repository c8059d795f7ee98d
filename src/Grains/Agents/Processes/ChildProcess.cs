using System.Diagnostics;
using System.Globalization;

namespace OrleansHealing.Agents.Processes;

/// <summary>A process with all that it started, from its beginning to the end of the last of them.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    /// <summary>How long to wait for what was killed, and for who still holds its output open.</summary>
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly string _mark;
    private readonly TimeProvider _time;
    private readonly Task _exited;
    private Guardian _guardian;

    private ChildProcess(Process process, Guardian guardian, HeartbeatPipe pipe, string mark, TimeProvider time)
    {
        (_process, _guardian, Pipe, _mark, _time) = (process, guardian, pipe, mark, time);
        _exited = process.WaitForExitAsync(CancellationToken.None);
    }

    public HeartbeatPipe Pipe { get; }

    public Stream Out => _process.StandardOutput.BaseStream;

    public Stream Error => _process.StandardError.BaseStream;

    /// <summary>Starts a command in a session of its own, under a guardian.</summary>
    /// <param name="command">Path, and arguments.</param>
    /// <param name="settings">Its limits.</param>
    /// <param name="environment">All of its environment; the mark and the pipe are added.</param>
    /// <param name="directory">Where it runs.</param>
    /// <param name="time">The time of its waits.</param>
    public static async Task<ChildProcess> StartAsync(
        IReadOnlyList<string> command, ProcessSettings settings, Dictionary<string, string> environment, string directory, TimeProvider time)
    {
        var mark = Guid.NewGuid().ToString("N");
        var guardian = await Guardian.StartAsync(mark, time);
        HeartbeatPipe? pipe = null;
        Process? process = null;
        try
        {
            environment[ProcessEnvironment.Run] = mark;
            environment[ProcessEnvironment.Heartbeat] = Path.Combine(guardian.Directory, HeartbeatPipe.FileName);
            pipe = await HeartbeatPipe.OpenAsync(guardian.Directory, time);
            process = Process.Start(ToStartInfo(command, settings, environment, directory))!;
            guardian.Watch(process.Id);
            var child = new ChildProcess(process, guardian, pipe, mark, time);
            await process.StandardInput.WriteAsync("go\n");
            process.StandardInput.Close();
            return child;
        }
        catch
        {
            // Without the word it ends by itself, and the guardian sees to that.
            guardian.Dispose();
            pipe?.Dispose();
            process?.Dispose();
            throw;
        }
    }

    /// <summary>Waits for the end of the process itself.</summary>
    /// <returns>Its status.</returns>
    /// <exception cref="ProcessFailedException">Its guardian ended before it, so it has to end too.</exception>
    public async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        if (await Task.WhenAny(_exited, _guardian.Ended).WaitAsync(cancellationToken) != _exited && !_exited.IsCompleted)
        {
            throw new ProcessFailedException("The guardian of the process was killed; without one it could outlive its silo, so it was killed as well.");
        }

        return _process.ExitCode;
    }

    /// <summary>SIGTERM to all of its group, and SIGKILL to whoever is left of it after <paramref name="grace"/>.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        if (grace > TimeSpan.Zero && !_exited.IsCompleted)
        {
            _guardian.Terminate();
            await EndsInTimeAsync(_exited, grace);
        }

        await KillAsync();
    }

    /// <summary>SIGKILL to all of its group, and to whoever left it with the mark in the environment.</summary>
    public async Task KillAsync()
    {
        _guardian.Kill();
        await EndsInTimeAsync(Task.WhenAll(_guardian.Ended, _exited), EndPatience);
    }

    /// <summary>Waits until <paramref name="reading"/> has come to the end of what the process said; whoever escaped may hold it open for ever.</summary>
    public Task<bool> DrainAsync(Task reading) => EndsInTimeAsync(reading, EndPatience);

    public async ValueTask DisposeAsync()
    {
        if (!_guardian.Ended.IsCompleted)
        {
            await KillAsync();
        }

        var pipes = _guardian.Directory;
        if (!_exited.IsCompleted)
        {
            // The guardian was killed before it could do it.
            _guardian.Dispose();
            _guardian = await Guardian.StartAsync(_mark, _time);
            _guardian.Watch(_process.Id);
            await KillAsync();
        }

        _guardian.Dispose();
        Pipe.Dispose();
        Out.Dispose();
        Error.Dispose();
        _process.Dispose();
        Remove(pipes);
    }

    private static ProcessStartInfo ToStartInfo(IReadOnlyList<string> command, ProcessSettings settings, Dictionary<string, string> environment, string directory)
    {
        var start = new ProcessStartInfo(
            Executables.OfSystem("setsid"),
            [
                Executables.OfSystem("sh"), "-c", ShellScripts.Starter, "healing-starter",
                (settings.MemoryMegabytes * 1024)?.ToString(CultureInfo.InvariantCulture) ?? "",
                settings.CpuSeconds?.ToString(CultureInfo.InvariantCulture) ?? "",
                .. command,
            ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory,
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private async Task<bool> EndsInTimeAsync(Task ends, TimeSpan limit)
    {
        try
        {
            await ends.WaitAsync(limit, _time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static void Remove(string pipes)
    {
        try
        {
            Directory.Delete(pipes, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // As a rule the guardian has done it.
        }
    }
}
