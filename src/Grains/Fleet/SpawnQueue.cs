using OrleansHealing.Supervision;

namespace OrleansHealing.Fleet;

/// <summary>
/// New agents of one partition on their way to its supervisor, which takes one call at a time: whoever comes while a call is under way goes
/// with the next one, together with all others. Not safe for two threads; its grain's scheduler sees to that.
/// </summary>
/// <param name="send">Takes on some agents, and answers in their order.</param>
internal sealed class SpawnQueue(Func<NewAgent[], Task<CommandResult[]>> send)
{
    /// <summary>As many as the supervisor judges at a time.</summary>
    public const int MostAtOnce = 200;

    private readonly Queue<(NewAgent Agent, TaskCompletionSource<CommandResult> Done)> _waiting = [];
    private bool _isSending;

    public Task<CommandResult> SpawnAsync(NewAgent agent)
    {
        var done = new TaskCompletionSource<CommandResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue((agent, done));
        if (!_isSending)
        {
            _ = SendAsync();
        }

        return done.Task;
    }

    private async Task SendAsync()
    {
        _isSending = true;
        while (_waiting.Count > 0)
        {
            var batch = new List<(NewAgent Agent, TaskCompletionSource<CommandResult> Done)>();
            while (batch.Count < MostAtOnce && _waiting.TryDequeue(out var next))
            {
                batch.Add(next);
            }

            try
            {
                var results = await send([.. batch.Select(b => b.Agent)]);
                for (var i = 0; i < batch.Count; i++)
                {
                    batch[i].Done.SetResult(results[i]);
                }
            }
            catch (Exception e)
            {
                // It is theirs who wait, each of whom is told.
                batch.ForEach(b => b.Done.TrySetException(e));
            }
        }

        _isSending = false;
    }
}
