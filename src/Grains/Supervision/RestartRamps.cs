using OrleansHealing.Agents;
using OrleansHealing.Hosting;

namespace OrleansHealing.Supervision;

/// <summary>
/// Who goes first when many failed. Agents of one kind that are down together for one cause are let back by a ramp: a canary
/// first. And agents whose silos died one after the other are tried alone, after all others. What it knows dies with its
/// supervisor; the next one learns it again, from those that wait.
/// </summary>
internal sealed class RestartRamps(HealingOptions options)
{
    private const int MaxCauses = 1000;
    private const int CanaryGrowth = 4;

    // More suspects than these would take too long one by one. Those that die with a third silo are fewer.
    private const int MaxOneByOne = 8;

    private readonly Backoff _backoff = options.ToPolicy().Backoff;
    private readonly Dictionary<string, Cause> _causes = new(StringComparer.Ordinal);
    private readonly Dictionary<AgentId, string> _down = [];
    // Whose ramp let it through last; it is one of them still when it beats.
    private readonly Dictionary<AgentId, string> _letThrough = [];
    private readonly HashSet<AgentId> _suspects = [];
    private Ramp? _trial;

    /// <summary>Notes that an agent failed.</summary>
    /// <param name="id">The agent.</param>
    /// <param name="cause">What it shares with others that failed alike; null when that says nothing about them.</param>
    /// <param name="isOfSilo">Whether its silo was lost.</param>
    /// <param name="now">Now.</param>
    public void Failed(AgentId id, string? cause, bool isOfSilo, DateTimeOffset now)
    {
        if (isOfSilo)
        {
            if (_trial?.Failed(id, now) is true)
            {
                // Fewer are suspected now: those that were on this silo as well.
                _suspects.Clear();
            }
        }
        else
        {
            _trial?.Left(id);
        }

        if (_down.GetValueOrDefault(id) is { } before && before != cause)
        {
            Leave(id, before);
        }

        LeaveRamp(id, unless: cause);
        if (cause is null || options.CanaryLeast == 0)
        {
            return;
        }

        _down[id] = cause;
        var shared = CauseOf(cause, now);
        var isNew = shared.Down.Add(id);
        var wasTried = shared.Ramp?.Failed(id, now) is true;
        if (shared.Down.Count < options.CanaryLeast)
        {
            return;
        }

        shared.Ramp ??= CreateRamp();
        if (isNew && !wasTried && shared.Down.Count == options.CanaryLeast)
        {
            // How far those came that were down before says nothing about this time.
            shared.Ramp.BeginAnew(now);
        }
    }

    /// <summary>Notes that an agent beats again.</summary>
    public void Recovered(AgentId id, DateTimeOffset now)
    {
        _trial?.Recovered(id, now);
        if (_down.Remove(id, out var name) && _causes.TryGetValue(name, out var cause))
        {
            // It is still one of the ramp's: it may fail again.
            cause.Down.Remove(id);
            cause.Ramp?.Recovered(id, now);
        }
    }

    /// <summary>Notes that an agent is not to be started any more.</summary>
    public void Left(AgentId id)
    {
        _trial?.Left(id);
        _suspects.Remove(id);
        LeaveRamp(id, unless: null);
        if (_down.TryGetValue(id, out var cause))
        {
            Leave(id, cause);
        }
    }

    /// <summary>Asks whether a restart may be granted now.</summary>
    /// <param name="state">The state as it would be granted on, with the failure in it.</param>
    /// <param name="cause">As with <see cref="Failed"/>.</param>
    /// <param name="now">Now.</param>
    /// <param name="random">Uniform in [0, 1): spreads those that ask again.</param>
    /// <returns>What holds it, or null; and whether it is alone on trial.</returns>
    public (RestartGate? Gate, bool IsTrial) Ask(HealthState state, string? cause, DateTimeOffset now, double random)
    {
        if (SupervisorDecision.IsSuspect(state))
        {
            return AskForTrial(state, now, random);
        }

        if (cause is null || options.CanaryLeast == 0)
        {
            return (null, false);
        }

        var shared = CauseOf(cause, now);
        if (state.Hold is RestartHold.Canary)
        {
            // A supervisor before this one held it.
            shared.Ramp ??= CreateRamp();
            shared.Down.Add(state.AgentId);
            _down[state.AgentId] = cause;
        }

        if (shared.Ramp is not { } ramp)
        {
            return (null, false);
        }

        if (ramp.Enter(state.AgentId, now) is not { } again)
        {
            _letThrough[state.AgentId] = cause;
            return (null, false);
        }

        return (Gate(RestartHold.Canary, again, shared.Down.Count, $"{shared.Down.Count} agents are down for this cause, and one is tried first", now, random), false);
    }

    private (RestartGate? Gate, bool IsTrial) AskForTrial(HealthState state, DateTimeOffset now, double random)
    {
        if (_trial is null || _trial.IsIdle(now, Patience + options.BackoffMax))
        {
            _suspects.Clear();

            // Everybody else first.
            _trial = new Ramp(options.Probation, _ => options.Probation, Patience) { Step = options.Probation / 5, Growth = 1 };
            _trial.CloseUntil(now + options.Probation);
        }

        _suspects.Add(state.AgentId);
        _trial.Growth = _suspects.Count <= MaxOneByOne ? 1 : CanaryGrowth;
        return _trial.Enter(state.AgentId, now) is { } again
            ? (Gate(
                RestartHold.Trial, again, 1, $"{state.LostInARow} silos in a row that it was on died, so it is started alone, after all others", now, random), false)
            : (null, _trial.IsAlone);
    }

    private TimeSpan Patience => options.StartupGrace + options.Timeout;

    private Ramp CreateRamp() =>
        new(options.Probation, strikes => Later(options.Probation, _backoff.DelayBeforeJitter(strikes + 1)), Patience)
        {
            Step = options.Probation / 5,
            Growth = CanaryGrowth,
        };

    /// <summary>Those that wait ask again at different times, and not more than some hundreds a second.</summary>
    private static RestartGate Gate(RestartHold hold, DateTimeOffset again, int waiting, string why, DateTimeOffset now, double random)
    {
        var spread = Later(TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(waiting / 200.0));
        var earliest = now + TimeSpan.FromSeconds(0.2);
        return new RestartGate(hold, (again > earliest ? again : earliest) + (spread * random), why);
    }

    private Cause CauseOf(string name, DateTimeOffset now)
    {
        if (_causes.TryGetValue(name, out var cause))
        {
            if (cause.Ramp is { } ramp && cause.Down.Count < options.CanaryLeast && ramp.IsIdle(now, Patience + options.BackoffMax))
            {
                cause.Ramp = null;
            }

            return cause;
        }

        if (_causes.Count >= MaxCauses)
        {
            foreach (var (idle, _) in _causes.Where(c => c.Value.Down.Count == 0).Take(MaxCauses / 2).ToList())
            {
                _causes.Remove(idle);
            }
        }

        return _causes[name] = new Cause();
    }

    /// <summary>Whoever was tried and failed otherwise has proven nothing.</summary>
    private void LeaveRamp(AgentId id, string? unless)
    {
        if (_letThrough.GetValueOrDefault(id) is { } name && name != unless)
        {
            _letThrough.Remove(id);
            _causes.GetValueOrDefault(name)?.Ramp?.Left(id);
        }
    }

    private void Leave(AgentId id, string name)
    {
        _down.Remove(id);
        if (_causes.TryGetValue(name, out var cause))
        {
            cause.Down.Remove(id);
            cause.Ramp?.Left(id);
        }
    }

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private sealed class Cause
    {
        public HashSet<AgentId> Down { get; } = [];

        public Ramp? Ramp { get; set; }
    }
}
