using OrleansHealing.Supervision;

namespace OrleansHealing.Fleet;

/// <summary>
/// New agents of one partition on their way to its supervisor, which takes one call at a time: whoever comes while a call is under way goes
/// with the next one, together with all others. Not safe for two threads; its grain's scheduler sees to that.
/// </summary>
/// <param name="send">Takes on some agents, and answers in their order.</param>
/// <param name="time">By which nobody waits for ever.</param>
internal sealed class SpawnQueue(Func<NewAgent[], Task<SpawnAnswer[]>> send, TimeProvider time)
{
    /// <summary>As many as the supervisor judges at a time.</summary>
    public const int MostAtOnce = 200;

    /// <summary>As many wait at most.</summary>
    public const int MostWaiting = 10_000;

    /// <summary>Who waited longer was told that it failed, or gave up: an agent that nobody awaits any more is not taken on.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Queue<Entry> _waiting = [];
    private bool _isSending;

    /// <exception cref="StoreUnavailableException">The store did not answer: the agent may have been taken on or not.</exception>
    /// <exception cref="TimeoutException">Too many wait, or it waited too long: it was not taken on.</exception>
    public Task<CommandResult> SpawnAsync(NewAgent agent)
    {
        if (_waiting.Count >= MostWaiting)
        {
            throw new TimeoutException($"{MostWaiting} new agents wait for the supervisor already.");
        }

        var entry = new Entry(agent, time.GetTimestamp());
        _waiting.Enqueue(entry);
        if (!_isSending)
        {
            _ = SendAllAsync();
        }

        return entry.Done.Task;
    }

    private async Task SendAllAsync()
    {
        _isSending = true;
        while (_waiting.Count > 0)
        {
            if (TakeBatch() is { Count: > 0 } batch)
            {
                await SendAsync(batch);
            }
        }

        _isSending = false;
    }

    private List<Entry> TakeBatch()
    {
        var batch = new List<Entry>();
        while (batch.Count < MostAtOnce && _waiting.TryDequeue(out var next))
        {
            if (time.GetElapsedTime(next.Since) > Patience)
            {
                next.Done.SetException(new TimeoutException($"The supervisor did not get to it within {Patience.TotalSeconds:0} s; it was not taken on."));
            }
            else
            {
                batch.Add(next);
            }
        }

        return batch;
    }

    private async Task SendAsync(List<Entry> batch)
    {
        try
        {
            var answers = await send([.. batch.Select(b => b.Agent)]);
            for (var i = 0; i < batch.Count; i++)
            {
                if (answers[i].Result is { } result)
                {
                    batch[i].Done.SetResult(result);
                }
                else
                {
                    batch[i].Done.SetException(new StoreUnavailableException(answers[i].StoreError ?? "The store did not answer."));
                }
            }
        }
        catch (Exception e)
        {
            // It is theirs who wait, each of whom is told.
            batch.ForEach(b => b.Done.TrySetException(e));
        }
    }

    private sealed record Entry(NewAgent Agent, long Since)
    {
        public TaskCompletionSource<CommandResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
