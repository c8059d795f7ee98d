namespace OrleansHealing.Client.Connection;

/// <summary>Goes on looking for a silo until the connection's deadline: one may be starting, or only the dead ones were asked yet.</summary>
internal sealed class ConnectionRetries(TimeProvider time, TimeSpan wait) : IClientConnectionRetryFilter
{
    /// <summary>Why the last attempt failed.</summary>
    public Exception? Last { get; private set; }

    public async Task<bool> ShouldRetryConnectionAttempt(Exception exception, CancellationToken cancellationToken)
    {
        Last = exception;
        if (!TransportFailure.Is(exception, cancellationToken))
        {
            return false;
        }

        await Task.Delay(wait, time, cancellationToken);
        return true;
    }
}
