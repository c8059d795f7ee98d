using System.Runtime.CompilerServices;
using System.Threading.Channels;
using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Fleet;

/// <summary>
/// Actions as they happen. The store's channel says when to look; the log says what there is. A hint that is lost is made up
/// for by a look every second.
/// </summary>
internal sealed class ActionFeed(IHeartbeatStore store, FleetReader reader, TimeProvider time)
{
    private const int MaxRead = 1000;
    private static readonly TimeSpan LookAnyway = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The actions after <paramref name="afterId"/> that the log holds, then new ones until the caller stops reading.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store is out of reach.</exception>
    public IAsyncEnumerable<SupervisorAction> FollowAsync(AgentId? id, string? afterId, CancellationToken cancellationToken) =>
        ReadAsync(id, afterId, cancellationToken).Readable(cancellationToken);

    private async IAsyncEnumerable<SupervisorAction> ReadAsync(
        AgentId? id, string? afterId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var hints = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        await using var subscription = await store.SubscribeAsync(heard =>
        {
            if (id is null || heard == id)
            {
                hints.Writer.TryWrite(true);
            }
        });
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var floor = "";
        var isFirst = true;
        while (!cancellationToken.IsCancellationRequested)
        {
            var newest = await reader.ActionsAsync(id, MaxRead);
            var fresh = isFirst ? After(newest, afterId) : Unseen(newest, seen, floor);
            isFirst = false;
            seen = [.. newest.Select(a => a.Id)];

            // What a full read could not hold is older than its last action, and no news when it comes into sight.
            floor = newest.Count < MaxRead ? "" : newest[^1].Id;
            for (var i = fresh.Count - 1; i >= 0; i--)
            {
                yield return fresh[i];
            }

            await WaitAsync(hints.Reader, cancellationToken);
        }
    }

    /// <summary>Ids sort by time, so this is right also when the action itself has left the log.</summary>
    private static List<SupervisorAction> After(IReadOnlyList<SupervisorAction> newest, string? afterId) =>
        afterId is null ? [] : [.. newest.Where(a => string.CompareOrdinal(a.Id, afterId) > 0)];

    /// <summary>
    /// Also what stands below actions that were seen: of two partitions' supervisors the one that decided first may write last.
    /// </summary>
    private static List<SupervisorAction> Unseen(IReadOnlyList<SupervisorAction> newest, HashSet<string> seen, string floor) =>
        [.. newest.Where(a => !seen.Contains(a.Id) && string.CompareOrdinal(a.Id, floor) > 0)];

    private async Task WaitAsync(ChannelReader<bool> hints, CancellationToken cancellationToken)
    {
        try
        {
            await hints.ReadAsync(cancellationToken).AsTask().WaitAsync(LookAnyway, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Look anyway.
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The stream ends, which is no error to who reads it.
        }
    }
}
