using OrleansHealing.Agents;

namespace OrleansHealing.TestSilo.Agents;

/// <summary>Cannot be disposed of.</summary>
internal sealed class ThrowsInDispose : FaultyAgent, IAsyncDisposable
{
    public ValueTask DisposeAsync() => throw new InvalidOperationException("it stays");

    protected override Task FailAsync(AgentContext context, CancellationToken cancellationToken) => WorkAsync(context, cancellationToken);
}
