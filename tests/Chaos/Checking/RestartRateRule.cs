namespace OrleansHealing.Chaos.Checking;

/// <summary>
/// G8: restarts that the supervisor decides on stay under the fleet's limit. A supervisor that dies may not have told how many
/// turns it gave, which is one burst more; and turns that came while nobody judged are taken when somebody does.
/// </summary>
internal sealed class RestartRateRule : IRule
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    // What a supervisor's death, or a time without one, may still bunch up: a wait for a turn is no longer than this here.
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RoundPeriod = TimeSpan.FromSeconds(1.5);

    private readonly List<DateTimeOffset> _restarts = [];
    private readonly List<(DateTimeOffset At, TimeSpan Length)> _gaps = [];
    private readonly List<DateTimeOffset> _successions = [];
    private DateTimeOffset _told;

    public IEnumerable<Violation> See(View view)
    {
        var (now, limits) = (view.Now.StoreNow, view.Limits);
        if (view.Before is { } before)
        {
            if (before.Supervisor != view.Now.Supervisor)
            {
                _successions.Add(now);
            }

            if (view.Now.LastRound - before.LastRound is { } gap && gap > RoundPeriod)
            {
                _gaps.Add((now, gap));
            }
        }

        _restarts.AddRange(view.Now.NewActions
            .Where(a => a.Action is "restarting" && a.Reason is not ("restart" or "resume" or "release")).Select(a => a.At));
        _restarts.RemoveAll(at => at < now - Window);
        _successions.RemoveAll(at => at < now - Memory);
        _gaps.RemoveAll(g => g.At < now - Memory);

        var bursts = limits.RestartBurst * (1 + _successions.Count);
        var span = Window + _gaps.Aggregate(TimeSpan.Zero, (sum, g) => sum + g.Length);
        var most = bursts + (limits.RestartsPerSecond * span.TotalSeconds);
        if (_restarts.Count > most && now > _told + Window)
        {
            _told = now;
            yield return view.Broken("G8 bounded storm", null, $"{_restarts.Count} restarts in {Window.TotalSeconds} s; {most:0} are the most");
        }
    }
}
