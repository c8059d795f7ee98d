using System.Diagnostics;

namespace OrleansHealing.Chaos;

/// <summary>
/// The observer's time: how long the run has lasted, on the clock of the machine that nobody can set. All processes of a
/// machine share it, so what bodies note of their own time can be compared with it.
/// </summary>
internal sealed class RunClock
{
    private readonly long _began = Stopwatch.GetTimestamp();

    public TimeSpan Now => Stopwatch.GetElapsedTime(_began);
}
