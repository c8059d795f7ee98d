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
    private const int LogLimit = 1000;
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(200);

    /// <summary>A stream that cannot be opened again for as long is given up.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly RecentIds _seen = new(4 * LogLimit);
    private string? _last = afterId;

    public async IAsyncEnumerable<SupervisorAction> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_last is null)
        {
            // So that "what comes next" starts at one known action, also when the stream must be opened twice.
            _last = Id(await NewestAsync(1, cancellationToken));
        }

        Remember(_last);
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
                    if (_seen.Add(stream.Current.Id))
                    {
                        _last = stream.Current.Id;
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

    /// <summary>The log was empty when following began, so whatever it holds at a later start has not been shown.</summary>
    private async Task<IReadOnlyList<SupervisorAction>> MissedAsync(CancellationToken cancellationToken)
    {
        if (_last is not null)
        {
            return [];
        }

        var log = await NewestAsync(LogLimit, cancellationToken);
        var missed = log.Reverse().Where(a => _seen.Add(a.Id)).ToList();
        _last = missed.LastOrDefault()?.Id;
        return missed;
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
        catch (Exception e) when (TransportFailure.Is(e))
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

    private void Remember(string? action)
    {
        if (action is not null)
        {
            _seen.Add(action);
        }
    }

    /// <summary>Closing a stream asks its silo, which may be dead: nobody waits for that.</summary>
    private static void Abandon(IAsyncEnumerator<SupervisorAction> stream) => _ = CloseAsync(stream);

    private static async Task CloseAsync(IAsyncEnumerator<SupervisorAction> stream)
    {
        try
        {
            await stream.DisposeAsync();
        }
        catch (Exception e) when (TransportFailure.Is(e) || e is OperationCanceledException or NotSupportedException or ObjectDisposedException)
        {
            // The silo forgets streams that nobody reads; there is nothing left here to close.
        }
    }
}
