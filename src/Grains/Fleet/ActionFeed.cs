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

    public async IAsyncEnumerable<SupervisorAction> FollowAsync(
        AgentId? id, string? afterId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var hints = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        await using var subscription = await store.SubscribeAsync(heard =>
        {
            if (id is null || id == heard)
            {
                hints.Writer.TryWrite(true);
            }
        });
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var isFirst = true;
        while (!cancellationToken.IsCancellationRequested)
        {
            var newest = await reader.ActionsAsync(id, MaxRead);
            var fresh = isFirst ? FirstOf(newest, afterId) : [.. newest.TakeWhile(a => !seen.Contains(a.Id))];
            isFirst = false;
            seen = [.. newest.Select(a => a.Id)];
            for (var i = fresh.Count - 1; i >= 0; i--)
            {
                yield return fresh[i];
            }

            await WaitAsync(hints.Reader, cancellationToken);
        }
    }

    private static List<SupervisorAction> FirstOf(IReadOnlyList<SupervisorAction> newest, string? afterId)
    {
        if (afterId is null)
        {
            return [];
        }

        // Ids sort by time, so this is right also when the action itself has left the log.
        return [.. newest.TakeWhile(a => a.Id != afterId && string.CompareOrdinal(a.Id, afterId) > 0)];
    }

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
