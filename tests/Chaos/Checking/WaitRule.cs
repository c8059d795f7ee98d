namespace OrleansHealing.Chaos.Checking;

/// <summary>G5: a wait that was decided is kept, whoever of the supervisors decided it.</summary>
internal sealed class WaitRule : IRule
{
    private const string Name = "G5 backoff survives";

    // Times in records are whole milliseconds, and the supervisor follows the store's clock to some.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(100);

    public IEnumerable<Violation> See(View view)
    {
        var waiting = view.Before?.States.Where(s => s.Value is { Status: "backing-off", NextRestartAt: not null }) ?? [];
        foreach (var (agent, state) in waiting)
        {
            // Only what came first ended this wait.
            var ended = view.Now.NewActions.FirstOrDefault(a => a.Agent == agent);
            if (ended is { Action: "restarting" } && ended.Reason is not ("restart" or "resume" or "release")
                && ended.At < state.NextRestartAt - Tolerance)
            {
                yield return view.Broken(Name, agent, $"it was started at {ended.At:HH:mm:ss.fff} and was to wait until {state.NextRestartAt:HH:mm:ss.fff}");
            }
        }
    }
}
