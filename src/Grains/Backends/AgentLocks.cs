using OrleansHealing.Agents;

namespace OrleansHealing.Backends;

/// <summary>A lock for each agent that is asked about, and none for the others.</summary>
internal sealed class AgentLocks
{
    private readonly Lock _lock = new();
    private readonly Dictionary<AgentId, Entry> _entries = [];

    /// <summary>Waits for its turn.</summary>
    /// <returns>What ends the turn.</returns>
    public async Task<IDisposable> EnterAsync(AgentId agent, CancellationToken cancellationToken)
    {
        Entry? entry;
        lock (_lock)
        {
            if (!_entries.TryGetValue(agent, out entry))
            {
                _entries.Add(agent, entry = new Entry());
            }

            entry.Users++;
        }

        var turn = new Turn(this, agent, entry);
        try
        {
            await entry.Semaphore.WaitAsync(cancellationToken);
        }
        catch
        {
            turn.Forget();
            throw;
        }

        return turn;
    }

    private sealed class Entry
    {
        public SemaphoreSlim Semaphore { get; } = new(1);

        public int Users { get; set; }
    }

    private sealed class Turn(AgentLocks locks, AgentId agent, Entry entry) : IDisposable
    {
        public void Dispose()
        {
            entry.Semaphore.Release();
            Forget();
        }

        public void Forget()
        {
            lock (locks._lock)
            {
                if (--entry.Users is 0)
                {
                    locks._entries.Remove(agent);
                    entry.Semaphore.Dispose();
                }
            }
        }
    }
}
