using System.Diagnostics;

namespace OrleansHealing.Benchmarks;

/// <summary>A busy loop for each core, each a process of its own at the silos' priority.</summary>
internal sealed class BusyCores : IDisposable
{
    private readonly Process[] _loops =
        [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Process.Start("sh", ["-c", "while :; do :; done"]))];

    public void Dispose()
    {
        foreach (var loop in _loops)
        {
            loop.Kill();
            loop.WaitForExit();
            loop.Dispose();
        }
    }
}
