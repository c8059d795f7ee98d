using System.Collections.Concurrent;
using OrleansHealing.Supervision;

namespace OrleansHealing.Agents;

/// <summary>
/// Asks supervisors about running bodies that the store does not know. After a loss that is all of a silo's at once, so they are
/// asked about together.
/// </summary>
internal sealed class Reinstatements(IGrainFactory grains, int partitions)
{
    private readonly Line[] _lines = [.. Enumerable.Range(0, partitions).Select(p => new Line(grains, p))];

    /// <summary>What becomes of this body. Throws when the supervisor or the store is out of reach.</summary>
    public Task<BodyVerdict> AskAsync(RunningBody body) => _lines[body.Definition.Id.PartitionOf(_lines.Length)].AskAsync(body);

    private sealed class Line(IGrainFactory grains, int partition)
    {
        private const int Most = 100;
        private readonly ConcurrentQueue<(RunningBody Body, TaskCompletionSource<BodyVerdict> Answer)> _waiting = new();
        private int _isCalling;

        public Task<BodyVerdict> AskAsync(RunningBody body)
        {
            var answer = new TaskCompletionSource<BodyVerdict>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((body, answer));
            if (Interlocked.Exchange(ref _isCalling, 1) == 0)
            {
                _ = Task.Run(CallAsync);
            }

            return answer.Task;
        }

        private async Task CallAsync()
        {
            do
            {
                while (Take() is { Count: > 0 } batch)
                {
                    try
                    {
                        var verdicts = await grains.GetGrain<ISupervisorGrain>(partition).AdoptAsync([.. batch.Select(b => b.Body)]);
                        for (var i = 0; i < batch.Count; i++)
                        {
                            batch[i].Answer.SetResult(verdicts[i]);
                        }
                    }
                    catch (Exception e)
                    {
                        // Told to whoever asked, who asks again.
                        batch.ForEach(b => b.Answer.TrySetException(e));
                    }
                }
            }
            while (HasMore());
        }

        private List<(RunningBody Body, TaskCompletionSource<BodyVerdict> Answer)> Take()
        {
            var batch = new List<(RunningBody, TaskCompletionSource<BodyVerdict>)>();
            while (batch.Count < Most && _waiting.TryDequeue(out var next))
            {
                batch.Add(next);
            }

            return batch;
        }

        private bool HasMore()
        {
            Volatile.Write(ref _isCalling, 0);
            return !_waiting.IsEmpty && Interlocked.Exchange(ref _isCalling, 1) == 0;
        }
    }
}
