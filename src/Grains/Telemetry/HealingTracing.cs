using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using OrleansHealing.Agents;

namespace OrleansHealing.Telemetry;

/// <summary>
/// The spans. Each incarnation has one trace: how the one before it ended, what was decided, its wait, its start and first beat, and
/// what its body traces. The silos that add to it share nothing but the store, whose records have no room for a trace; so its id is
/// worked out from what all of them know. When nobody listens, nothing is worked out.
/// </summary>
public static class HealingTracing
{
    /// <summary>The source's name.</summary>
    public const string SourceName = "OrleansHealing";

    internal const string Report = "report_end";
    internal const string Round = "check_and_resuscitate";
    internal const string Look = "is_agent_healthy";
    internal const string Commit = "commit_decision";
    internal const string BackOff = "back_off";
    internal const string Order = "order_start";
    internal const string Start = "start_incarnation";
    internal const string FirstBeat = "first_beat";

    internal static ActivitySource Source { get; } = new(SourceName);

    /// <summary>
    /// The trace of an incarnation. Sampled as far as this goes; who wants a share of the traces samples by their ids, which gives the
    /// same answer on every silo.
    /// </summary>
    /// <param name="generation">What the partition's store is known by: the same agent in another store is another one.</param>
    /// <param name="id">The agent.</param>
    /// <param name="incarnation">The incarnation, or the one that will follow if numbers go on as they do.</param>
    /// <returns>A context without a span: what begins in it has no parent.</returns>
    internal static ActivityContext TraceOf(string generation, AgentId id, long incarnation)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{generation}/{id}#{incarnation}"), hash);
        return new ActivityContext(ActivityTraceId.CreateFromBytes(hash[..16]), default, ActivityTraceFlags.Recorded);
    }

    /// <summary>
    /// Begins a span in the trace of an incarnation, whatever is under way here; for the rest of the calling method's flow that is over.
    /// </summary>
    /// <returns>Null when nobody listens, or the store is not known yet.</returns>
    internal static Activity? Begin(string span, string? generation, AgentId id, long incarnation, IEnumerable<ActivityLink>? links = null)
    {
        if (!Source.HasListeners() || generation is null)
        {
            return null;
        }

        // Of a context without a span the trace is taken, and the parent from what is current all the same.
        var current = Activity.Current;
        Activity.Current = null;
        var begun = Source.StartActivity(span, ActivityKind.Internal, TraceOf(generation, id, incarnation), links: links)?
            .SetTag("healing.agent.id", id.Value)
            .SetTag("healing.agent.incarnation", incarnation);
        if (begun is null)
        {
            Activity.Current = current;
        }

        return begun;
    }

    /// <summary>Begins a span within the one that is under way.</summary>
    /// <returns>Null when nobody listens, or none is under way.</returns>
    internal static Activity? Within(string span, ActivityKind kind = ActivityKind.Internal) =>
        Activity.Current is null ? null : Source.StartActivity(span, kind);

    /// <summary>It failed.</summary>
    internal static void Failed(this Activity? span, string error, string? description = null) =>
        span?.SetTag("error.type", error).SetStatus(ActivityStatusCode.Error, description);
}
