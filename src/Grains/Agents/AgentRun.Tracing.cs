using System.Diagnostics;
using OrleansHealing.Heartbeats;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;
using OrleansHealing.Telemetry;

namespace OrleansHealing.Agents;

/// <summary>What a run traces: its start in the trace of its incarnation, its end in that of the one that will follow.</summary>
internal sealed partial class AgentRun
{
    private ActivityContext? _begun;

    private string? Generation => _host.Memory.Known(_slot.Partition)?.Generation;

    /// <summary>Within the order of the supervisor, wherever that was given; by itself when the order came from a silo that does not trace.</summary>
    private Activity? BeginSpan()
    {
        if (!HealingTracing.Source.HasListeners())
        {
            return null;
        }

        var span = ActivityContext.TryParse(_start.TraceParent, null, isRemote: true, out var order)
            ? HealingTracing.Source.StartActivity(HealingTracing.Start, ActivityKind.Consumer, order)
            : HealingTracing.Begin(HealingTracing.Start, Generation, Id, Incarnation);
        _begun = span?.Context;
        return span?
            .SetTag("healing.agent.id", Id.Value)
            .SetTag("healing.agent.incarnation", Incarnation)
            .SetTag("healing.agent.kind", _start.Definition.Kind)
            .SetTag("healing.silo", _host.Silo.Name);
    }

    /// <summary>
    /// Ends the span of the start, so that it is told now and not when the body ends, which may be in a month. It stays the current one
    /// here: what the body traces and logs belongs to it.
    /// </summary>
    private static void HasBegun(Activity? span)
    {
        if (span is not null)
        {
            // Stopping takes a span from where the body looks for its parent; in a flow of its own it takes it from there alone.
            ExecutionContext.Run(ExecutionContext.Capture()!, static span => ((Activity)span!).Stop(), span);
        }
    }

    private Activity? BeginReport(IncarnationReport report)
    {
        var span = HealingTracing.Begin(
            HealingTracing.Report, Generation, Id, Incarnation + 1, _begun is { } begun ? [new ActivityLink(begun)] : null)?
            .SetTag("healing.agent.kind", _start.Definition.Kind)
            .SetTag("healing.reason", report.Reason.ToWord())
            .SetTag("healing.silo", _host.Silo.Name);
        if (report is { Kind: ReportKind.Failed, Reason: not FailureReason.Drained })
        {
            span.Failed(report.Reason.ToWord(), report.Message);
        }

        return span;
    }
}
