using System.Runtime.CompilerServices;
using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Connection;

/// <summary>
/// Follows the action log across the death of silos. A stream whose silo died may fail, or only fall silent; so when it is
/// quiet, the newest action is asked for, and a stream that misses it is taken up again after the last action seen.
/// </summary>
internal sealed class ActionFollower(FleetSession session, IFleetGrain fleet, AgentId? id, string? afterId)
{
    /// <summary>As many actions as are asked for when a stream is taken up again.</summary>
    public const int LogLimit = 1000;

    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(200);

    /// <summary>A stream that cannot be opened again for as long is given up.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly RecentIds _seen = new(4 * LogLimit);

    /// <summary>Where a stream is opened: the newest action that was seen.</summary>
    private string? _last;

    /// <summary>What is older did not fit into the log as it was read first, so it is no news when it comes into sight.</summary>
    private string _floor = "";

    public async IAsyncEnumerable<SupervisorAction> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await BeginAsync(cancellationToken);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var missed in await MissedAsync(cancellationToken))
            {
                yield return missed;
            }

            using var attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var stream = fleet.FollowAsync(id, _last).GetAsyncEnumerator(attempt.Token);
            try
            {
                while (await TryMoveAsync(stream, cancellationToken))
                {
                    if (See(stream.Current.Id))
                    {
                        yield return stream.Current;
                    }
                }
            }
            finally
            {
                await attempt.CancelAsync();
                Abandon(stream);
            }

            await Task.Delay(RetryAfter, session.Time, cancellationToken);
        }
    }

    /// <summary>Takes what the log holds now for seen, as far as it is not after the action that was asked for.</summary>
    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        _last = afterId;
        var log = await NewestAsync(LogLimit, cancellationToken);
        _floor = log.Count < LogLimit ? "" : log[^1].Id;
        foreach (var action in log.Where(a => afterId is null || string.CompareOrdinal(a.Id, afterId) <= 0))
        {
            See(action.Id);
        }
    }

    /// <summary>
    /// What the log holds and no stream has brought. A stream begins after one action; with several supervisors an older one may
    /// be written later.
    /// </summary>
    private async Task<IReadOnlyList<SupervisorAction>> MissedAsync(CancellationToken cancellationToken) =>
        [.. (await NewestAsync(LogLimit, cancellationToken)).Reverse().Where(a => string.CompareOrdinal(a.Id, _floor) > 0 && See(a.Id))];

    /// <returns>Whether it is news.</returns>
    private bool See(string action)
    {
        if (string.CompareOrdinal(action, _last) > 0)
        {
            _last = action;
        }

        return _seen.Add(action);
    }

    /// <returns>False when the stream has to be opened again.</returns>
    private async Task<bool> TryMoveAsync(IAsyncEnumerator<SupervisorAction> stream, CancellationToken cancellationToken)
    {
        try
        {
            var next = stream.MoveNextAsync().AsTask();
            while (true)
            {
                try
                {
                    return await next.WaitAsync(Quiet, session.Time, cancellationToken);
                }
                catch (TimeoutException) when (!next.IsCompleted)
                {
                    if (await IsBehindAsync(cancellationToken) && !next.IsCompleted)
                    {
                        return false;
                    }
                }
            }
        }
        catch (Exception e) when (TransportFailure.Is(e, cancellationToken))
        {
            return false;
        }
    }

    private async Task<bool> IsBehindAsync(CancellationToken cancellationToken)
    {
        var newest = Id(await NewestAsync(1, cancellationToken));
        return newest is not null && !_seen.Contains(newest);
    }

    private Task<IReadOnlyList<SupervisorAction>> NewestAsync(int limit, CancellationToken cancellationToken) =>
        session.ReadAsync(f => f.ActionsAsync(id, limit), cancellationToken, Patience);

    private static string? Id(IReadOnlyList<SupervisorAction> newestFirst) => newestFirst.Count is 0 ? null : newestFirst[0].Id;

    /// <summary>Closing a stream asks its silo, which may be dead: nobody waits for that.</summary>
    private static void Abandon(IAsyncEnumerator<SupervisorAction> stream) => _ = CloseAsync(stream);

    private static async Task CloseAsync(IAsyncEnumerator<SupervisorAction> stream)
    {
        try
        {
            await stream.DisposeAsync();
        }
        catch (Exception e) when (TransportFailure.Is(e, CancellationToken.None) || e is NotSupportedException or ObjectDisposedException)
        {
            // The silo forgets streams that nobody reads; there is nothing left here to close.
        }
    }
}
