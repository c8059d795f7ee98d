using OrleansHealing.Agents;

namespace OrleansHealing.TestSilo.Agents;

/// <summary>Asks for more than any array may hold, which the runtime refuses as it does when there is no memory.</summary>
internal sealed class ThrowsOutOfMemory : FaultyAgent
{
    protected override Task FailAsync(AgentContext context, CancellationToken cancellationToken) =>
        Task.FromResult(new byte[int.MaxValue]);
}
