using System.Diagnostics;
using OrleansHealing.Agents;
using OrleansHealing.Supervision;
using OrleansHealing.Telemetry;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Telemetry;

/// <summary>Which trace a span belongs to.</summary>
public sealed class HealingTracingTests
{
    private static readonly AgentId Id = AgentId.Parse("reader");

    [Fact]
    public void TraceOf_TheSameIncarnation_IsTheSameEverywhere()
    {
        var trace = HealingTracing.TraceOf("g", Id, 7);

        Assert.Equal(trace, HealingTracing.TraceOf("g", AgentId.Parse("reader"), 7));
        Assert.Equal((default(ActivitySpanId), ActivityTraceFlags.Recorded), (trace.SpanId, trace.TraceFlags));
        // Fixed, since silos of two versions may add to one trace while one replaces the other.
        Assert.Equal("373a9ae23578a79775b809bc38fcb2e6", trace.TraceId.ToHexString());
    }

    [Fact]
    public void TraceOf_AnotherStoreAgentOrIncarnation_IsAnotherTrace() => Assert.Equal(4, new[]
    {
        HealingTracing.TraceOf("g", Id, 7), HealingTracing.TraceOf("h", Id, 7), HealingTracing.TraceOf("g", AgentId.Parse("other"), 7), HealingTracing.TraceOf("g", Id, 8),
    }.Select(t => t.TraceId).Distinct().Count());

    [Fact]
    public void Begin_WithinAnotherSpan_IsARootOfItsOwnTrace()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == HealingTracing.SourceName,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        using var request = new Activity("request").Start();

        using var span = HealingTracing.Begin(HealingTracing.Round, "g", Id, 7);

        Assert.Equal((HealingTracing.TraceOf("g", Id, 7).TraceId, default), (span!.TraceId, span.ParentSpanId));
        Assert.Null(HealingTracing.Begin(HealingTracing.Round, generation: null, Id, 7));
    }

    public static TheoryData<AgentStatus, bool, AgentStatus?, int, long> Decisions => new()
    {
        // Healthy as 3 and failed: the restart that is granted at once, and the one that has to wait, are told under 4.
        { AgentStatus.Healthy, true, AgentStatus.Restarting, 1, 4 },
        { AgentStatus.Healthy, true, AgentStatus.BackingOff, 0, 4 },
        { AgentStatus.BackingOff, false, AgentStatus.Restarting, 1, 4 },

        // Started as 3: its recovery belongs to what led to it.
        { AgentStatus.Restarting, false, AgentStatus.Healthy, 0, 3 },
        { AgentStatus.Healthy, false, AgentStatus.Healthy, 0, 3 },

        // It rests, or is gone: whatever comes will be 4.
        { AgentStatus.Healthy, true, AgentStatus.Quarantined, 0, 4 },
        { AgentStatus.Healthy, false, AgentStatus.Paused, 0, 4 },
        { AgentStatus.Healthy, false, null, 0, 4 },
    };

    [Theory]
    [MemberData(nameof(Decisions))]
    public void TracedAs_ByWhatIsDecided_IsTheIncarnationThatItLeadsTo(AgentStatus before, bool hasFailed, AgentStatus? after, int granted, long expected)
    {
        var state = Given.State(before, failures: hasFailed ? 1 : 0) with { Incarnation = 3, NextRestartAt = Given.Now };
        var next = after is { } status ? state with { Status = status, Incarnation = 3 + granted } : null;

        Assert.Equal(expected, DecisionSpans.TracedAs(Given.Alive(state), new Decision { Next = next }));
    }
}
