using System.Diagnostics;
using OrleansHealing.Heartbeats;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Telemetry;

/// <summary>
/// What the supervisor traces of one agent when something is decided; a look at one that is well leaves nothing. Spans of the past are
/// as long as they took, measured from now on this silo's clock.
/// </summary>
internal static class DecisionSpans
{
    /// <summary>Begins the span of a decision that is about to be written.</summary>
    /// <param name="generation">What the partition's store is known by.</param>
    /// <param name="before">What it was made on.</param>
    /// <param name="decision">The decision.</param>
    /// <param name="took">Since the agent's records were asked for.</param>
    /// <param name="now">The store's time.</param>
    public static Activity? Begin(string generation, AgentSnapshot before, Decision decision, TimeSpan took, DateTimeOffset now)
    {
        if (!HealingTracing.Source.HasListeners() || (decision.Actions.Count == 0 && decision.Order is BackendOrder.None))
        {
            return null;
        }

        var incarnation = TracedAs(before, decision);
        if (before.State.Value is { Status: AgentStatus.BackingOff } waited && decision.Actions.Count > 0)
        {
            using var wait = Past(HealingTracing.Begin(HealingTracing.BackOff, generation, before.Id, incarnation), now - waited.Since);
            wait?.SetTag("healing.hold", waited.Hold.ToWord());
        }

        var round = Past(HealingTracing.Begin(HealingTracing.Round, generation, before.Id, incarnation), took);
        using (var look = Past(HealingTracing.Within(HealingTracing.Look), took))
        {
            look?.SetTag("healing.status", before.State.Value?.Status.ToWord());
        }

        return round;
    }

    /// <summary>Adds what came of it.</summary>
    public static void Tell(Activity? round, string generation, AgentSnapshot before, Decision decision, CommitOutcome outcome)
    {
        if (round is null)
        {
            return;
        }

        round.SetTag("healing.agent.kind", before.Definition.Value?.Kind)
            .SetTag("healing.status", (decision.Next?.Status)?.ToWord())
            .SetTag("healing.outcome", outcome.ToWord());
        foreach (var action in decision.Actions)
        {
            round.AddEvent(new ActivityEvent(action.Action.ToWord(), tags: new()
            {
                ["healing.action.id"] = action.Id,
                ["healing.reason"] = action.Reason,
                ["healing.details"] = action.Details,
                ["healing.backoff.seconds"] = action.BackoffSeconds,
                ["healing.detect.seconds"] = action.DetectSeconds,
            }));
            if (action.Action is ActionKind.Failed)
            {
                round.SetTag("healing.failed.trace_id", HealingTracing.TraceOf(generation, before.Id, action.Incarnation).TraceId.ToHexString());
            }
        }
    }

    /// <summary>The incarnation that is at work or about to be; for an agent that rests, the one that would follow.</summary>
    internal static long TracedAs(AgentSnapshot before, Decision decision) => decision.Next is { } next
        ? next.IsPromised ? next.Incarnation : next.Incarnation + 1
        : (before.State.Value?.Incarnation ?? 0) + 1;

    private static Activity? Past(Activity? span, TimeSpan took) =>
        span?.SetStartTime(span.StartTimeUtc - (took > TimeSpan.Zero ? took : TimeSpan.Zero));
}
