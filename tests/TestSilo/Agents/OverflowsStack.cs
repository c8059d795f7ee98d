using System.Runtime.CompilerServices;
using OrleansHealing.Agents;

namespace OrleansHealing.TestSilo.Agents;

/// <summary>Calls itself until the stack is full, which ends the process.</summary>
internal sealed class OverflowsStack : FaultyAgent
{
    protected override Task FailAsync(AgentContext context, CancellationToken cancellationToken) => Task.FromResult(Deeper(1));

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.NoOptimization)]
    private static long Deeper(long depth) => Deeper(depth + 1) + 1;
}
