using System.Collections.Concurrent;
using OrleansHealing.Agents;

namespace OrleansHealing.Supervision;

/// <summary>Wakes supervisors about agents that something was written of. What comes while a call is made goes with the next one.</summary>
internal sealed class SupervisorNudge(IGrainFactory grains, IClusterMembershipService membership, int partitions, TimeProvider time)
{
    /// <summary>At most so many agents in one call: a round of the supervisor has its turn between two of them.</summary>
    public const int MostAtOnce = 1000;

    // A supervisor that does not answer for longer may be gone. What is told then waits in line behind that, if it is not.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Line[] _lines = [.. Enumerable.Range(0, partitions).Select(p => new Line(grains, membership, p, time))];

    /// <summary>Never blocks or throws; a nudge that is lost is a delay.</summary>
    public void Tell(AgentId id) => _lines[id.PartitionOf(_lines.Length)].Tell(id);

    /// <summary>Standing orders were changed, which may be about anybody. Never blocks or throws.</summary>
    public void TellAll()
    {
        foreach (var line in _lines)
        {
            line.TellAll();
        }
    }

    private sealed class Line(IGrainFactory grains, IClusterMembershipService membership, int partition, TimeProvider time)
    {
        private readonly ConcurrentQueue<AgentId> _waiting = new();
        private int _isCalling;
        private bool _isForAll;

        public void Tell(AgentId id)
        {
            _waiting.Enqueue(id);
            Call();
        }

        public void TellAll()
        {
            Volatile.Write(ref _isForAll, true);
            Call();
        }

        private void Call()
        {
            if (Interlocked.Exchange(ref _isCalling, 1) == 0)
            {
                _ = Task.Run(CallAsync);
            }
        }

        private async Task CallAsync()
        {
            do
            {
                var ids = new HashSet<AgentId>();
                while (ids.Count < MostAtOnce && _waiting.TryDequeue(out var id))
                {
                    ids.Add(id);
                }

                var isForAll = Interlocked.Exchange(ref _isForAll, false);
                if (!HasActiveSilo())
                {
                    // The last silo is on its way out: what was written waits for the next one.
                    continue;
                }

                if (isForAll)
                {
                    await NudgeAsync([]);
                }

                if (ids.Count > 0)
                {
                    await NudgeAsync([.. ids]);
                }
            }
            while (HasMore());
        }

        private async Task NudgeAsync(AgentId[] ids)
        {
            try
            {
                await grains.GetGrain<ISupervisorGrain>(partition).NudgeAsync(ids).WaitAsync(Patience, time);
            }
            catch (Exception)
            {
                // The supervisor is on its way to another silo, or this one is stopping; what was written is in the store,
                // and whatever it was, the next nudge must be tried.
            }
        }

        private bool HasMore()
        {
            Volatile.Write(ref _isCalling, 0);
            return (!_waiting.IsEmpty || Volatile.Read(ref _isForAll)) && Interlocked.Exchange(ref _isCalling, 1) == 0;
        }

        private bool HasActiveSilo() => membership.CurrentSnapshot.Members.Values.Any(m => m.Status is SiloStatus.Active);
    }
}
