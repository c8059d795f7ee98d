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

    /// <summary>Notes that an agent was told to wait.</summary>
    public BreakerState Trip(string name, TimeSpan told, DateTimeOffset now)
    {
        var until = now + told;
        if (!_breakers.TryGetValue(name, out var breaker) || now > breaker.Until + breaker.Spread + options.BackoffMax)
        {
            Forget(now);
            breaker = new Breaker { Until = until, Strikes = 1, Waiting = 0 };
        }
        else if (now >= breaker.Until)
        {
            // Those that came back were told again.
            breaker = breaker with { Until = until, Strikes = breaker.Strikes + 1, Waiting = Math.Max(0, breaker.Waiting - 1) };
        }

        var waiting = breaker.Waiting + 1;
        var spread = Math.Max(_backoff.DelayBeforeJitter(breaker.Strikes + 1).TotalSeconds, waiting / ReturnsPerSecond);
        breaker = breaker with
        {
            Until = until > breaker.Until ? until : breaker.Until,
            Waiting = waiting,
            Spread = TimeSpan.FromSeconds(Math.Min(spread, Math.Max(1, options.BackoffMax.TotalSeconds))),
        };
        _breakers[name] = breaker;
        return new BreakerState(name, breaker.Until, breaker.Spread, waiting);
    }

    /// <summary>Asks whether an agent that waited may be started.</summary>
    public RestartGate? Ask(HealthState state, DateTimeOffset now, double random) =>
        state.Breaker is { } name && _breakers.TryGetValue(name, out var breaker) && breaker.Until > now
            ? new RestartGate(RestartHold.Breaker, breaker.Until + (breaker.Spread * random), $"others were told to wait for {name} again")
            : null;

    private void Forget(DateTimeOffset now)
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

    private sealed record Breaker
    {
        public required DateTimeOffset Until { get; init; }

        public required int Strikes { get; init; }

        public required int Waiting { get; init; }

        public TimeSpan Spread { get; init; }
    }
}
