using OrleansHealing.Agents;

namespace OrleansHealing.TestSilo.Agents;

/// <summary>Keeps all that it allocates until there is no memory left.</summary>
internal sealed class Leaks : FaultyAgent
{
    private readonly List<byte[]> _kept = [];

    protected override async Task FailAsync(AgentContext context, CancellationToken cancellationToken)
    {
        while (true)
        {
            _kept.Add(new byte[1024 * 1024]);
            await Task.Delay(TimeSpan.FromMilliseconds(1), context.TimeProvider, cancellationToken);
        }
    }
}
