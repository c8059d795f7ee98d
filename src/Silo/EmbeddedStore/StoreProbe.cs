using System.Net.Sockets;
using OrleansHealing.Hosting;

namespace OrleansHealing.Silo.EmbeddedStore;

/// <summary>Asks whether the store behind an endpoint is there.</summary>
internal static class StoreProbe
{
    /// <summary>A store on the same machine that takes longer than this to answer a PING is not answering.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Whether the process lives and answers PING to the password. The process is asked for first: the password is not
    /// offered to whatever may have taken the port of a store that is gone.
    /// </summary>
    public static async Task<bool> AnswersAsync(EmbeddedStoreEndpoint endpoint, TimeProvider time, CancellationToken cancellation)
    {
        if (!ProcessTable.IsAlive(endpoint.Pid))
        {
            return false;
        }

        using var patience = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            using var connection = await StoreConnection.OpenAsync(endpoint.Port, endpoint.Password, both.Token);
            return await connection.AskAsync(both.Token, "PING") == "PONG";
        }
        catch (Exception e) when (e is SocketException or IOException or InvalidDataException
            || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            // Not there, not ready or not ours: all of them mean that there is no store to use now.
            return false;
        }
    }
}
