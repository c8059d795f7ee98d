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

    /// <summary>Completes when it has ended, and with it whoever it had to end.</summary>
    public Task Ended { get; }

    /// <summary>Starts one, and waits until it is on guard.</summary>
    /// <exception cref="ProcessFailedException">It is not; the message says what it said.</exception>
    public static async Task<Guardian> StartAsync(int group, string run, string directory, TimeProvider time)
    {
        var start = new ProcessStartInfo(
            Executables.OfSystem("setsid"),
            [Executables.OfSystem("sh"), "-c", ShellScripts.Guardian, "healing-guardian", group.ToString(CultureInfo.InvariantCulture), run, directory])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/bin:/usr/bin:/bin";
        var guardian = new Guardian(Process.Start(start)!);
        try
        {
            var word = await guardian._process.StandardOutput.ReadLineAsync().WaitAsync(ReadyPatience, time);
            return word is "ready"
                ? guardian
                : throw new ProcessFailedException($"The guardian of the process did not begin: {OutputText.Clean(await guardian._process.StandardError.ReadToEndAsync().WaitAsync(ReadyPatience, time), OutputTail.MaxLength)}");
        }
        catch
        {
            guardian.Kill();
            guardian.Dispose();
            throw;
        }
    }

    /// <summary>Sends SIGTERM to the group.</summary>
    public void Terminate() => Send("TERM\n");

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
            _process.StandardInput.Write(order);
            _process.StandardInput.Flush();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // As above, and whoever was given no time to leave is killed.
        }
    }
}
