using OrleansHealing.Agents;
using OrleansHealing.Backends;

namespace OrleansHealing.Tests.Backends.Contract;

/// <summary>
/// What a provider supplies to the contract of restart backends: a backend, orders that it can be given, and what came of them. The bodies
/// that it starts write down that they begin and, when they are told to leave, that they end, and do nothing else until then.
/// </summary>
public interface IBackendStage : IAsyncDisposable
{
    /// <summary>The backend, as a host makes it.</summary>
    IRestartBackend Backend { get; }

    /// <summary>
    /// The order for the next incarnation of an agent that is there to be started, granted where its body asks for that. The first of an
    /// agent is 1, the next is 2. Nothing is started by this.
    /// </summary>
    Task<AgentStart> GrantAsync(AgentId id);

    /// <summary>What the bodies of an agent wrote down themselves, oldest first: <c>1 begins</c>, <c>1 ends</c>, <c>2 begins</c>.</summary>
    Task<IReadOnlyList<string>> HistoryAsync(AgentId id);

    /// <summary>An order to start what is not there.</summary>
    /// <returns>The order, and what its failure has to name.</returns>
    Task<(AgentStart Order, string Named)> GrantMissingAsync(AgentId id);

    /// <summary>Gives an order that fails, and says what a person gets to read of that. By default what the backend throws.</summary>
    async Task<string> FailureAsync(AgentStart order) =>
        (await Assert.ThrowsAnyAsync<Exception>(() => Backend.StartAsync(order, TestContext.Current.CancellationToken))).Message;
}
