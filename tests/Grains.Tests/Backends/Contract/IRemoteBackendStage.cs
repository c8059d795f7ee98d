using OrleansHealing.Backends;

namespace OrleansHealing.Tests.Backends.Contract;

/// <summary>What the provider of a backend supplies besides that tells somebody outside of the cluster to start and to stop.</summary>
public interface IRemoteBackendStage : IBackendStage
{
    /// <summary>What must not be in any message: keys, tokens, addresses that are secrets.</summary>
    IReadOnlyList<string> Secrets { get; }

    /// <summary>The backend with nobody at its address.</summary>
    IRestartBackend OutOfReach(TimeSpan timeout);

    /// <summary>The backend with somebody at its address who takes every order and never answers.</summary>
    IRestartBackend Mute(TimeSpan timeout);

    /// <summary>Until somebody who never answers has been given an order.</summary>
    Task AskedAsync();
}
