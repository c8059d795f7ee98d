namespace OrleansHealing.Tests.Simulation;

/// <summary>The one time of a simulated world. It moves only when the world moves it.</summary>
internal sealed class SimTime : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public TimeSpan Elapsed { get; set; }

    public DateTimeOffset Now => Start + Elapsed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Elapsed.Ticks;

    public override DateTimeOffset GetUtcNow() => Now;
}
