using Microsoft.Extensions.Time.Testing;

namespace OrleansHealing.Tests.Agents.BuiltIn;

/// <summary>
/// Time that passes only as the code under test waits: a wait lasts exactly as long as was asked and takes no real time.
/// </summary>
internal sealed class SteppingTimeProvider : TimeProvider
{
    private readonly FakeTimeProvider _time = new();

    public override long TimestampFrequency => _time.TimestampFrequency;

    public override long GetTimestamp() => _time.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => _time.GetUtcNow();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = _time.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime < TimeSpan.FromDays(30))
        {
            // Late, so that the caller has kept the timer by the time it fires.
            ThreadPool.QueueUserWorkItem(_ => _time.Advance(dueTime));
        }

        return timer;
    }
}
