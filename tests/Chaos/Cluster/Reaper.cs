using System.Diagnostics;

namespace OrleansHealing.Chaos.Cluster;

/// <summary>
/// Ends what was started when this process is killed and cannot do it itself: a shell that holds the other end of a pipe, and
/// kills all that were named to it, and not taken back, when the pipe ends. A frozen silo would otherwise stay for ever.
/// </summary>
internal sealed class Reaper : IAsyncDisposable
{
    private const string Script = """
        trap '' INT TERM HUP
        living=' '
        while read -r sign pid; do
          living=$(printf '%s' "$living" | sed "s/ $pid / /")
          if [ "$sign" = + ]; then living="$living$pid "; fi
        done
        for pid in $living; do kill -9 "$pid" 2>/dev/null; done
        """;

    private readonly Process _shell = Process.Start(new ProcessStartInfo("sh", ["-c", Script]) { RedirectStandardInput = true })!;
    private readonly HashSet<int> _watched = [];
    private readonly Lock _lock = new();

    /// <summary>From now on this process is ended with this one.</summary>
    public void Watch(int pid)
    {
        lock (_lock)
        {
            _watched.Add(pid);
            Tell('+', pid);
        }
    }

    /// <summary>It has ended; its number may be another's by now.</summary>
    public void Forget(int pid)
    {
        lock (_lock)
        {
            _watched.Remove(pid);
            Tell('-', pid);
        }
    }

    /// <summary>Ends the shell. By now everything that was started has ended in good order.</summary>
    public async ValueTask DisposeAsync()
    {
        _watched.ToList().ForEach(Forget);
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    private void Tell(char sign, int pid)
    {
        _shell.StandardInput.WriteLine($"{sign} {pid}");
        _shell.StandardInput.Flush();
    }
}
