using OrleansHealing.Heartbeats;
using OrleansHealing.Serialization;

namespace OrleansHealing.Supervision;

/// <summary>What others have to do with an agent's restart: canaries, trials, shared waits, and silos on which it fails.</summary>
internal static partial class SupervisorDecision
{
    /// <summary>After how many lost silos in a row an agent is taken for what may have killed them.</summary>
    public const int SuspectAfter = 2;

    /// <summary>Whether an agent may have killed its silos, so that its restart is a trial.</summary>
    public static bool IsSuspect(HealthState state) => state is { LastFailure.Reason: FailureReason.SiloLost, LostInARow: >= SuspectAfter };

    private static Decision Held(HealthState state, RestartGate gate, Circumstances circumstances, ActionLog log, string reason, string why)
    {
        var isNews = state.Hold != gate.Hold || state.Status is not AgentStatus.BackingOff;
        var held = state with
        {
            Status = AgentStatus.BackingOff,
            // From when it waits: a wait for which the clock went back is known by it. How long it was told to wait is measured by it too.
            Since = isNews || gate.Hold is not RestartHold.Breaker ? circumstances.Now : state.Since,
            NextRestartAt = gate.LookAgainAt,
            NextLookAt = null,
            Hold = gate.Hold,
        };
        if (isNews)
        {
            log.Add(ActionKind.BackingOff, held, gate.Hold.ToWord(), $"{reason}: {why}; but {gate.Why}", backoff: gate.LookAgainAt - circumstances.Now);
        }

        return new Decision { Next = held, Actions = log.Actions };
    }

    /// <summary>Full jitter over the spread: those that were told the same must not come back in lockstep. (M. Brooker, "Exponential Backoff And Jitter", 2015.)</summary>
    private static (TimeSpan Wait, string Why) ToldToWait(TimeSpan told, Circumstances circumstances)
    {
        if (circumstances.Breaker is not { } breaker)
        {
            return (told, $"told to wait {ActionLog.Say(told)}");
        }

        var longest = breaker.Until - circumstances.Now;
        var wait = Longer(told, longest) + (breaker.Spread * circumstances.Random);
        return (wait, $"told to wait {ActionLog.Say(told)}; {breaker.Waiting} wait for {breaker.Name}, for {ActionLog.Say(Longer(told, longest))} "
            + $"and a random part of {ActionLog.Say(breaker.Spread)}");
    }

    /// <summary>What something else runs is on no silo, and cannot be started on another one.</summary>
    private static HealthState CountOnHost(HealthState failed, string? host) => host is null or ExternalBeats.Host
        ? failed
        : failed with { FailedOn = host, FailuresThere = failed.FailedOn == host ? failed.FailuresThere + 1 : 1 };

    private static string? AvoidedHost(HealthState state, Circumstances circumstances) =>
        state.FailuresThere >= circumstances.FailuresPerSilo ? state.FailedOn : null;

    /// <summary>
    /// Whether its silo died in its probation, by the last that was heard of it, since a death may be noticed much later; or after
    /// it, but one time too often: whatever it does to its silos, it does it slowly.
    /// </summary>
    private static bool IsProvenPoison(AgentSnapshot snapshot, HealthState state, SupervisionPolicy policy, Circumstances circumstances)
    {
        var heardAt = snapshot.Deadline is { } deadline && deadline - policy.Timeout < circumstances.Now ? deadline - policy.Timeout : circumstances.Now;
        return state.IsOnTrial
            && (state.Status is not AgentStatus.Healthy || heardAt - state.Since < circumstances.Probation || state.LostInARow >= LossesThatProve);
    }

    private static HealthState Forgiven(HealthState state) => state with
    {
        ConsecutiveFailures = 0,
        LostInARow = 0,
        FailuresAtCheckpoint = 0,
        FailedOn = null,
        FailuresThere = 0,
        IsOnTrial = false,
    };
}
