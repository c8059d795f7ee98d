using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;

namespace OrleansHealing.Supervision;

/// <summary>Bodies that run and that the store does not know, since it lost what was written of them.</summary>
internal static partial class SupervisorDecision
{
    /// <summary>
    /// Whether what the store holds of an agent says that this body is not, or no longer, the one that should run. When the store
    /// holds less than the body knows, it says nothing: then the body is taken for what it is.
    /// </summary>
    public static bool IsFenced(AgentSnapshot snapshot, RunningBody body) => snapshot.State.Value is { } state && (
        state.Incarnation > body.Incarnation
        || (state.Incarnation == body.Incarnation
            && !(state.IsPromised && (snapshot.Claim is null || snapshot.Claim == body.Claim)))

        // What a person last ordered, as far as it is known, was not to run.
        || (state.Incarnation < body.Incarnation && state is { IsPromised: false, Status: not AgentStatus.BackingOff }));

    /// <summary>
    /// Takes a running body back under supervision whose incarnation the store has lost. Nothing is started and no number granted:
    /// the body claims its incarnation anew, and is healthy by that. What was counted of it before is lost, unless an older state is
    /// left.
    /// </summary>
    /// <returns>Null when the store has all that it needs, so that the body may claim its incarnation.</returns>
    public static Decision? Adopt(AgentSnapshot snapshot, RunningBody body, SupervisionPolicy policy, Circumstances circumstances)
    {
        var now = circumstances.Now;
        var old = snapshot.State.Value;
        var isKnown = old?.Incarnation == body.Incarnation;
        if (isKnown && snapshot.Deadline is not null && snapshot.Definition.Text is not null)
        {
            return null;
        }

        circumstances.Trace?.Saw(
            Rule.Reinstated, fired: true, $"incarnation {body.Incarnation} runs, and {(old is null ? "the store knows nothing of it" : $"the store knows {old.Incarnation}")}");
        var adopted = (old ?? new HealthState
        {
            AgentId = snapshot.Id,
            Status = AgentStatus.Restarting,
            Incarnation = body.Incarnation,
            FirstIncarnation = body.FirstIncarnation,
            GroupRound = snapshot.Siblings.Select(s => s.Round).DefaultIfEmpty().Max(),
            Since = now,
            Desired = new DesiredState { Mode = DesiredMode.Run, Actor = "supervisor", Reason = "re-registered", At = now },
        }) with
        {
            // Healthy is entered by the claim.
            Status = AgentStatus.Restarting,
            Incarnation = body.Incarnation,
            Since = now,
            NextRestartAt = null,
            NextLookAt = now + LookAgain,
            HasTurn = false,

            // It runs, whatever its next start was to wait for when the store was written.
            Hold = RestartHold.None,
            Breaker = null,
            Maintenance = null,
        };
        var why = old is null ? "the store lost all that it held of it; its failures in a row are forgotten"
            : isKnown ? "the store lost a part of what it held of it"
            : $"the store went back to incarnation {old.Incarnation} of it";
        var log = new ActionLog(circumstances).Add(
            ActionKind.Repaired, adopted, "re-registered", $"{why}; incarnation {body.Incarnation} runs, and goes on", host: StoreKeys.HostOf(body.Claim));
        return new Decision { Next = adopted, Actions = log.Actions, GoesOn = true, NewDeadline = now + Longer(policy.Timeout, policy.StartupGrace) };
    }
}
