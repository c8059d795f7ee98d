using System.Globalization;
using System.Net.Sockets;
using OrleansHealing.Hosting;

namespace OrleansHealing.Silo.EmbeddedStore;

/// <summary>
/// Who is connected to the store. Garnet counts clients in INFO only with its metrics sampler on, but CLIENT LIST always
/// has them, and numbers connections in order: a number that was skipped since the last look is somebody who came and left.
/// </summary>
internal sealed class ClientCensus(EmbeddedStoreEndpoint endpoint, TimeProvider time)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private long _lastId;

    /// <summary>Counts the others that are connected now or came and left since the last count.</summary>
    public async Task<long> CountAsync(CancellationToken cancellation)
    {
        using var connection = await StoreConnection.OpenAsync(endpoint.Port, endpoint.Password, cancellation);
        var id = long.Parse(await connection.AskAsync(cancellation, "CLIENT", "ID"), CultureInfo.InvariantCulture);
        var list = await connection.AskAsync(cancellation, "CLIENT", "LIST");
        var cameAndLeft = _lastId is 0 ? 0 : id - _lastId - 1;

        // The connection of the last count may not have been taken off the list yet.
        var connected = list.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Count(line => !IsOf(line, id) && !IsOf(line, _lastId));
        _lastId = id;
        return Math.Max(connected, cameAndLeft);
    }

    /// <summary>Waits until nobody was connected for <paramref name="linger"/>: true; or until told to stop: false.</summary>
    public async Task<bool> WaitUntilAloneAsync(TimeSpan linger, CancellationToken stop)
    {
        var pause = linger / 4 < LongestPause ? linger / 4 : LongestPause;
        var lastSeen = time.GetTimestamp();
        try
        {
            while (true)
            {
                await Task.Delay(pause, time, stop);
                if (await IsInUseAsync(stop))
                {
                    lastSeen = time.GetTimestamp();
                }
                else if (time.GetElapsedTime(lastSeen) >= linger)
                {
                    return true;
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }
    }

    private static bool IsOf(string line, long id) =>
        line.StartsWith(string.Create(CultureInfo.InvariantCulture, $"id={id} "), StringComparison.Ordinal);

    private async Task<bool> IsInUseAsync(CancellationToken stop)
    {
        try
        {
            return await CountAsync(stop) > 0;
        }
        catch (Exception e) when (e is SocketException or IOException or InvalidDataException)
        {
            // A store that cannot answer for a moment is more likely overloaded than unused.
            return true;
        }
    }
}
