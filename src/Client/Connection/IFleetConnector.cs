namespace OrleansHealing.Client.Connection;

/// <summary>Makes connections to a cluster.</summary>
internal interface IFleetConnector
{
    /// <summary>Connects, or fails within the timeout of <paramref name="settings"/>.</summary>
    /// <exception cref="VerbFailure">The settings are wrong (2), or no cluster answers (4).</exception>
    Task<IFleetConnection> ConnectAsync(ConnectionSettings settings, CancellationToken cancellationToken);
}
