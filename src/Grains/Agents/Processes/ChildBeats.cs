using OrleansHealing.Serialization;

namespace OrleansHealing.Agents.Processes;

/// <summary>Turns what a process says of itself into beats of its incarnation, whichever way it came. Safe to use from any thread.</summary>
internal sealed class ChildBeats(AgentContext context) : IDisposable
{
    private readonly Lock _lock = new();
    private IDisposable? _silence;

    /// <summary>It got on. A silence that it announced before is over by that.</summary>
    public void Take(JsonText? progress, TimeSpan? expectedSilence)
    {
        lock (_lock)
        {
            End();
            if (progress is { } shown)
            {
                context.Beat(shown);
            }
            else
            {
                context.Beat();
            }

            if (expectedSilence is { } span && span > TimeSpan.Zero)
            {
                _silence = context.ExpectSilence(span);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            End();
        }
    }

    private void End()
    {
        _silence?.Dispose();
        _silence = null;
    }
}
