using OrleansHealing.Agents;
using OrleansHealing.Hosting;

namespace OrleansHealing.Supervision;

/// <summary>
/// What several agents were told to wait for: an account whose quota is used up, a host that answers 429. They wait until the
/// last moment that any of them was told, and come back spread over a time that grows when they are told again.
/// </summary>
internal sealed class Breakers(HealingOptions options)
{
    private const int MaxBreakers = 1000;

    // About so many come back a second.
    private const double ReturnsPerSecond = 5;

    private readonly Dictionary<string, Breaker> _breakers = new(StringComparer.Ordinal);
    private readonly Backoff _backoff = options.ToPolicy().Backoff;

    /// <summary>Notes that an agent was told to wait. Noting the same twice changes nothing.</summary>
    /// <param name="id">The agent.</param>
    /// <param name="resource">What it was told about; null when it did not say.</param>
    /// <param name="kind">Its kind, which it shares the wait with when it did not say.</param>
    /// <param name="told">For how long.</param>
    /// <param name="now">Now.</param>
    public BreakerState Trip(AgentId id, string? resource, string kind, TimeSpan told, DateTimeOffset now)
    {
        var (name, until) = (resource ?? $"kind {kind}", now + told);
        if (!_breakers.TryGetValue(name, out var breaker) || now > breaker.Until + breaker.Spread + options.BackoffMax)
        {
            Forget();
            breaker = _breakers[name] = new Breaker { Until = until, Strikes = 1 };
        }
        else if (now >= breaker.Until && breaker.Until < until)
        {
            // Those that came back were told again.
            breaker.Waiting.Clear();
            (breaker.Until, breaker.Strikes) = (until, breaker.Strikes + 1);
        }

        breaker.Waiting.Add(id);
        breaker.Until = until > breaker.Until ? until : breaker.Until;
        var spread = Math.Max(_backoff.DelayBeforeJitter(breaker.Strikes + 1).TotalSeconds, breaker.Waiting.Count / ReturnsPerSecond);
        breaker.Spread = TimeSpan.FromSeconds(Math.Min(spread, Math.Max(1, options.BackoffMax.TotalSeconds)));
        return new BreakerState(name, resource is null ? Nearest(breaker.Until, until + told) : breaker.Until, breaker.Spread, breaker.Waiting.Count);
    }

    /// <summary>Asks whether an agent that waited may be started.</summary>
    public RestartGate? Ask(HealthState state, DateTimeOffset now, double random)
    {
        if (state.Breaker is not { } name || !_breakers.TryGetValue(name, out var breaker) || breaker.Until <= now)
        {
            return null;
        }

        // Those of a kind need not have been told the same, so that none of them waits for more than about twice what it was told.
        var isNamed = !name.StartsWith("kind ", StringComparison.Ordinal);
        var waited = (state.NextRestartAt ?? now) - state.Since;
        return isNamed || breaker.Until - now <= waited
            ? new RestartGate(RestartHold.Breaker, breaker.Until + (breaker.Spread * random), $"others were told to wait for {name} again")
            : null;
    }

    private static DateTimeOffset Nearest(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private void Forget()
    {
        if (_breakers.Count < MaxBreakers)
        {
            return;
        }

        foreach (var (name, _) in _breakers.OrderBy(b => b.Value.Until).Take(MaxBreakers / 2).ToList())
        {
            _breakers.Remove(name);
        }
    }

    private sealed class Breaker
    {
        public required DateTimeOffset Until { get; set; }

        public required int Strikes { get; set; }

        public TimeSpan Spread { get; set; }

        public HashSet<AgentId> Waiting { get; } = [];
    }
}
