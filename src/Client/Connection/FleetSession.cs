using OrleansHealing.Agents;
using OrleansHealing.Alerts;
using OrleansHealing.Fleet;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Connection;

/// <summary>
/// The fleet as verbs use it. Reads are repeated on another silo when the way to the first breaks; orders are not, since an
/// order whose answer is lost may have been carried out.
/// </summary>
internal sealed class FleetSession(IFleetConnection connection, TimeProvider time) : IAsyncDisposable
{
    /// <summary>How long an order may take: a supervisor that moves to another silo needs a few seconds.</summary>
    public static readonly TimeSpan OrderPatience = TimeSpan.FromSeconds(15);

    /// <summary>How long sinks of alerts may take to answer a test.</summary>
    public static readonly TimeSpan AlertPatience = TimeSpan.FromSeconds(45);

    /// <summary>How long reads are repeated before the cluster counts as lost.</summary>
    public static readonly TimeSpan ReadPatience = TimeSpan.FromSeconds(15);

    // A read that was sent to a silo that died gets no answer at all; healthy ones take milliseconds.
    private static readonly TimeSpan ReadAttempt = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(200);

    public string Description => connection.Description;

    public TimeSpan ClockOffset => connection.ClockOffset;

    /// <summary>The fleet's time now.</summary>
    public DateTimeOffset Now => time.GetUtcNow() + connection.ClockOffset;

    public TimeProvider Time => time;

    /// <summary>Reads, and reads again while only the way fails.</summary>
    /// <exception cref="VerbFailure">The cluster did not answer for <paramref name="patience"/> (4).</exception>
    public Task<T> ReadAsync<T>(Func<IFleetGrain, Task<T>> read, CancellationToken cancellationToken, TimeSpan? patience = null) =>
        ReadAsync(() => read(connection.Fleet), patience ?? ReadPatience, cancellationToken);

    /// <summary>The same of alerts.</summary>
    /// <exception cref="VerbFailure">The cluster did not answer in time (4).</exception>
    public Task<T> ReadAlertsAsync<T>(Func<IAlertGrain, Task<T>> read, CancellationToken cancellationToken) =>
        ReadAsync(() => read(connection.Alerts), ReadPatience, cancellationToken);

    private async Task<T> ReadAsync<T>(Func<Task<T>> read, TimeSpan limit, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await read().WaitAsync(ReadAttempt, time, cancellationToken);
            }
            catch (Exception e) when (TransportFailure.Is(e, cancellationToken))
            {
                if (time.GetElapsedTime(start) > limit)
                {
                    throw Unreachable.Lost(time.GetElapsedTime(start), e);
                }
            }

            await Task.Delay(RetryAfter, time, cancellationToken);
        }
    }

    /// <summary>Gives an order once.</summary>
    /// <exception cref="VerbFailure">No answer came (4).</exception>
    public Task<CommandResult> OrderAsync(Func<IFleetGrain, Task<CommandResult>> order, CancellationToken cancellationToken) =>
        OrderAsync(() => order(connection.Fleet), OrderPatience, cancellationToken);

    /// <summary>Gives an order about alerts once. Sinks may take their time.</summary>
    /// <exception cref="VerbFailure">No answer came (4).</exception>
    public Task<T> OrderAlertsAsync<T>(Func<IAlertGrain, Task<T>> order, CancellationToken cancellationToken) =>
        OrderAsync(() => order(connection.Alerts), AlertPatience, cancellationToken);

    private async Task<T> OrderAsync<T>(Func<Task<T>> order, TimeSpan patience, CancellationToken cancellationToken)
    {
        try
        {
            return await order().WaitAsync(patience, time, cancellationToken);
        }
        catch (Exception e) when (TransportFailure.Is(e, cancellationToken))
        {
            throw Unreachable.Unknown(e);
        }
    }

    /// <summary>Gives an order that may be carried out twice without harm, again while only the way fails.</summary>
    public Task<CommandResult> RepeatableOrderAsync(Func<IFleetGrain, Task<CommandResult>> order, CancellationToken cancellationToken) =>
        ReadAsync(order, cancellationToken);

    /// <summary>Every agent of the query, page after page, until there are none or <paramref name="limit"/> is reached.</summary>
    public async Task<Page<AgentView>> ListAsync(AgentQuery query, int limit, CancellationToken cancellationToken)
    {
        var items = new List<AgentView>();
        var cursor = query.Cursor;
        do
        {
            var asked = query with { Cursor = cursor, Limit = Math.Min(limit - items.Count, AgentQuery.MaxLimit) };
            var page = await ReadAsync(fleet => fleet.ListAsync(asked), cancellationToken);
            items.AddRange(page.Items);
            cursor = page.NextCursor;
        }
        while (cursor is not null && items.Count < limit);

        return new Page<AgentView>(items, cursor);
    }

    /// <summary>The newest <paramref name="limit"/> actions that the log holds, newest first, page after page.</summary>
    public async Task<IReadOnlyList<SupervisorAction>> ActionsAsync(AgentId? id, int limit, CancellationToken cancellationToken)
    {
        var actions = new List<SupervisorAction>();
        while (true)
        {
            var asked = Math.Min(limit - actions.Count, AgentQuery.MaxLimit);
            var before = actions.Count > 0 ? actions[^1].Id : null;
            var page = await ReadAsync(fleet => fleet.ActionsAsync(id, asked, before), cancellationToken);
            actions.AddRange(page);
            if (page.Count < asked || actions.Count == limit)
            {
                return actions;
            }
        }
    }

    /// <summary>
    /// The actions after <paramref name="afterId"/>, then the new ones, without doubles when silos die, and without loss as long
    /// as the log still holds what happened meanwhile: <c>Healing:ActionsKept</c> actions (100), and at most
    /// <see cref="ActionFollower.LogLimit"/> of them.
    /// </summary>
    /// <exception cref="VerbFailure">The cluster did not answer for a minute (4).</exception>
    public IAsyncEnumerable<SupervisorAction> FollowAsync(AgentId? id, string? afterId, CancellationToken cancellationToken) =>
        new ActionFollower(this, connection.Fleet, id, afterId).RunAsync(cancellationToken);

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
