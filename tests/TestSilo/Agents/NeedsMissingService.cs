using OrleansHealing.Agents;

namespace OrleansHealing.TestSilo.Agents;

/// <summary>Asks for a service that nobody registered.</summary>
internal sealed class NeedsMissingService(NeedsMissingService.IMissing missing) : IWorkerAgent
{
    public Task RunAsync(AgentContext context, CancellationToken cancellationToken) => missing.NeverAsync();

    /// <summary>Implemented by nobody.</summary>
    internal interface IMissing
    {
        Task NeverAsync();
    }
}
