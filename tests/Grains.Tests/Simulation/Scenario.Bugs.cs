using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Simulation;

/// <summary>What is planted to show that it is found. Where it is not in the store or in a body, it is in what decides.</summary>
internal sealed partial class Scenario
{
    public PlantedBug Bug => _bug;

    /// <summary>What the supervisors go by, which differs from what is promised under a bug that is planted in it.</summary>
    public HealingOptions JudgesOptions => _bug switch
    {
        PlantedBug.CanaryOff => Mix.ToOptions(o => o.CanaryLeast = 0),
        PlantedBug.PanicGuardOff => Mix.ToOptions(o => o.PanicShare = 1),
        _ => Options,
    };

    public Func<AgentSnapshot, SupervisionPolicy, Circumstances, Decision?> Decide => _bug switch
    {
        PlantedBug.AmnestyOff => (s, p, c) => SupervisorDecision.Judge(s, p, c with { HeardSince = DateTimeOffset.MinValue }),
        PlantedBug.CountResetAtRestart => (s, p, c) => SupervisorDecision.Judge(s, p, c) is { Order: BackendOrder.Start, Next: { } next } d
            ? d with { Next = next with { ConsecutiveFailures = 0 } }
            : SupervisorDecision.Judge(s, p, c),
        PlantedBug.BackoffIgnored => (s, p, c) => s.State.Value is { Status: AgentStatus.BackingOff } waiting
            ? SupervisorDecision.Judge(s with { State = s.State with { Value = waiting with { NextRestartAt = c.Now } } }, p, c)
            : SupervisorDecision.Judge(s, p, c),
        PlantedBug.PauseWithoutAnEnd => (s, p, c) => s.State.Value is { Status: AgentStatus.Paused } ? null : SupervisorDecision.Judge(s, p, c),
        PlantedBug.SilenceNotRechecked => (s, p, c) => SupervisorDecision.Judge(s, p, c) is { } d ? d with { OnlyIfDeadlineAtMost = null } : null,
        PlantedBug.InputNotRecorded => (s, p, c) => SupervisorDecision.Judge(s, p, c with { Random = 1 - c.Random }),
        PlantedBug.ClockStepIsSilence => (s, p, c) => SupervisorDecision.Judge(s, p, HasStepped(TimeSpan.FromSeconds(8)) ? c with { HeardSince = DateTimeOffset.MinValue } : c),
        PlantedBug.ClockBackIgnored => (s, p, c) => SupervisorDecision.Judge(s, p, c) is { } d && !d.Actions.Any(a => a.Reason is "clock-went-back") ? d : null,
        PlantedBug.StableWithoutProgress => (s, p, c) => SupervisorDecision.Judge(s, s.Deadline > c.Now ? p with { ProgressTimeout = null } : p, c),
        PlantedBug.GroupMemberAlone => (s, p, c) => SupervisorDecision.Judge(s with { Siblings = [] }, p, c),
        PlantedBug.GroupOrderIgnored => (s, p, c) => SupervisorDecision.Judge(s with { Siblings = [.. s.Siblings.Select(m => m.IsOnItsWay && m.Round == s.State.Value?.GroupRound ? m with { Status = AgentStatus.Paused } : m)] }, p, c),
        PlantedBug.GroupLimitIgnored => (s, p, c) => SupervisorDecision.Judge(s with { Siblings = [.. s.Siblings.Select(m => m with { Failures = null })] }, p, c),
        PlantedBug.LadderNotClimbed => (s, p, c) => SupervisorDecision.Judge(s, p, c) is { Next: { } next } d ? d with { Next = next with { StartFrom = CheckpointChoice.Newest } } : null,
        PlantedBug.RetryAfterIgnored => (s, p, c) => SupervisorDecision.Judge(s with { Report = Changed(s.Report, r => r with { RetryAfterSeconds = r.RetryAfterSeconds is null ? null : 0 }) }, p, c with { Breaker = null }),
        PlantedBug.BreakerIgnored => (s, p, c) => SupervisorDecision.Judge(s, p, c) is { Next: { } next } d ? d with { Next = next with { Breaker = null } } : null,
        PlantedBug.FatalIsACrash => (s, p, c) => SupervisorDecision.Judge(
            s with { Report = Changed(s.Report, r => r.Reason is FailureReason.Fatal ? r with { Reason = FailureReason.Crashed } : r) }, p, c),
        _ => SupervisorDecision.Judge,
    };

    private static StoredRecord<IncarnationReport> Changed(StoredRecord<IncarnationReport> report, Func<IncarnationReport, IncarnationReport> change) =>
        report.Value is { } value ? report with { Value = change(value) } : report;
}
