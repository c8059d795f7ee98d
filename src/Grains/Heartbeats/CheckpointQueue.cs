using StackExchange.Redis;

namespace OrleansHealing.Heartbeats;

/// <summary>
/// Checkpoints of one partition on their way to the store. What comes while others are under way goes together with the next, so
/// that many agents that save at once cost few commands, and one that saves alone waits for nobody. Safe for any thread.
/// </summary>
/// <param name="send">Saves some, and answers in their order.</param>
internal sealed class CheckpointQueue(Func<IReadOnlyList<CheckpointEntry>, Task<CheckpointAnswer[]>> send)
{
    private const int MostAtOnce = 64;

    // Bytes. The store does nothing else while it takes a batch.
    private const int LongestAtOnce = 256 * 1024;

    // One is made ready while the store is at work on the other.
    private const int MostUnderWay = 2;

    private readonly Lock _lock = new();

    // Bounded by who may wait: one of each body at work here, and those of as many requests as the silo takes.
    private readonly Queue<Waiting> _waiting = [];
    private int _underWay;

    /// <returns>False when it is fenced.</returns>
    public Task<bool> SaveAsync(CheckpointEntry entry)
    {
        var waiting = new Waiting(entry);
        lock (_lock)
        {
            _waiting.Enqueue(waiting);
            if (_underWay == MostUnderWay)
            {
                return waiting.Done.Task;
            }

            _underWay++;
        }

        // It works for whoever comes later too: nothing of this caller's is for them, least of all a grain's turn.
        using (ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(SendAllAsync);
        }

        return waiting.Done.Task;
    }

    private async Task SendAllAsync()
    {
        while (TakeBatch() is { Count: > 0 } batch)
        {
            await SendAsync(batch);
        }
    }

    private List<Waiting> TakeBatch()
    {
        var batch = new List<Waiting>();
        var length = 0L;
        lock (_lock)
        {
            while (batch.Count < MostAtOnce && _waiting.TryPeek(out var next) && (batch.Count == 0 || length + next.Entry.Record.Length() <= LongestAtOnce))
            {
                batch.Add(_waiting.Dequeue());
                length += next.Entry.Record.Length();
            }

            if (batch.Count == 0)
            {
                _underWay--;
            }
        }

        return batch;
    }

    private async Task SendAsync(List<Waiting> batch)
    {
        try
        {
            var answers = await send(batch.ConvertAll(w => w.Entry));
            foreach (var (waiting, answer) in batch.Zip(answers))
            {
                if (answer.Fault is { } fault)
                {
                    waiting.Done.TrySetException(new RedisServerException(fault));
                }
                else
                {
                    waiting.Done.TrySetResult(answer.IsSaved);
                }
            }
        }
        catch (Exception e)
        {
            batch.ForEach(w => w.Done.TrySetException(e));
            if (StoreOutage.Is(e))
            {
                // Nobody waits in line for the store to be away for them as well.
                FailAll(e);
            }
        }
    }

    private void FailAll(Exception e)
    {
        Waiting[] all;
        lock (_lock)
        {
            all = [.. _waiting];
            _waiting.Clear();
        }

        Array.ForEach(all, w => w.Done.SetException(e));
    }

    private sealed record Waiting(CheckpointEntry Entry)
    {
        public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
