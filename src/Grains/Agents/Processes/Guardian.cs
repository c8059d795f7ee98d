using System.Diagnostics;
using System.Globalization;

namespace OrleansHealing.Agents.Processes;

/// <summary>
/// The shell that ends a process group when it is told to, or when this silo is gone. It takes no part in the work, and lives in a
/// session of its own, so that no signal to the silo's group reaches it.
/// </summary>
internal sealed class Guardian : IDisposable
{
    private static readonly TimeSpan ReadyPatience = TimeSpan.FromSeconds(10);
    private readonly Process _process;

    private Guardian(Process process)
    {
        _process = process;
        Ended = process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>The directory of the heartbeat pipe, which it made and takes away at its end.</summary>
    public string Directory { get; private set; } = "";

    /// <summary>Completes when it has ended, and with it whoever it had to end.</summary>
    public Task Ended { get; }

    /// <summary>Starts one, and waits until it is on guard over all that have the mark.</summary>
    /// <exception cref="ProcessFailedException">It is not; the message says what it said.</exception>
    public static async Task<Guardian> StartAsync(string mark, TimeProvider time)
    {
        var start = new ProcessStartInfo(Executables.OfSystem("setsid"), [Executables.OfSystem("sh"), "-c", ShellScripts.Guardian, "healing-guardian", mark])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/bin:/usr/bin:/bin";
        start.Environment["TMPDIR"] = Path.TrimEndingDirectorySeparator(Path.GetTempPath());
        var guardian = new Guardian(Process.Start(start)!);
        try
        {
            guardian.Directory = await guardian._process.StandardOutput.ReadLineAsync().WaitAsync(ReadyPatience, time)
                ?? throw new ProcessFailedException($"The guardian of the process did not begin: {await guardian.ReadErrorAsync(time)}");
            return guardian;
        }
        catch
        {
            guardian.Dispose();
            throw;
        }
    }

    /// <summary>Says which group it has to end.</summary>
    public void Watch(int group) => Send(group.ToString(CultureInfo.InvariantCulture));

    /// <summary>Sends SIGTERM to the group.</summary>
    public void Terminate() => Send("TERM");

    /// <summary>Has all of the process ended by force; <see cref="Ended"/> says when it is done. Given again it changes nothing.</summary>
    public void Kill()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It is gone itself; who waits for its end sees that.
        }
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private void Send(string order)
    {
        try
        {
            _process.StandardInput.Write(order + "\n");
            _process.StandardInput.Flush();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // As above, and whoever was given no time to leave is killed.
        }
    }

    private async Task<string> ReadErrorAsync(TimeProvider time) =>
        OutputText.Clean(await _process.StandardError.ReadToEndAsync().WaitAsync(ReadyPatience, time), OutputTail.MaxLength);
}
