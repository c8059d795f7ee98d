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
    private readonly Lock _lock = new();

    public void Watch(int pid) => Tell('+', pid);

    public void Forget(int pid) => Tell('-', pid);

    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    private void Tell(char sign, int pid)
    {
        lock (_lock)
        {
            _shell.StandardInput.WriteLine($"{sign} {pid}");
            _shell.StandardInput.Flush();
        }
    }
}
