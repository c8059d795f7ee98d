using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Simulation.Rules;

/// <summary>
/// Nobody is started before its wait is over: by its failures, for as long as it was told, or as long as anybody was told to wait
/// for the same thing. And whoever says that no restart can help is not started at all.
/// </summary>
internal sealed class WaitRule(Scenario scenario) : OracleRule(scenario)
{
    private const double JitterLeaves = 0.89;
    private static readonly TimeSpan LeastTold = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(0.05);

    // By then each supervisor goes by the time as it is now, however long it was cut off.
    private static readonly TimeSpan StepNoticed = TimeSpan.FromSeconds(30);

    private readonly Dictionary<AgentId, IncarnationReport> _told = [];
    private readonly Dictionary<AgentId, (TimeSpan Until, string Why)> _waits = [];
    private readonly Dictionary<AgentId, string> _waitsFor = [];
    private readonly Dictionary<(object? Supervisor, string Resource), TimeSpan> _shared = [];

    public override void Told(AgentId id, IncarnationReport report) => _told[id] = report;

    public override void StoreLost()
    {
        _told.Clear();
        _waits.Clear();
    }

    public override void ClockStepped(TimeSpan by)
    {
        // Forward, it cuts every wait short. What supervisors remember of others' waits is forgotten.
        _waits.Clear();
        _shared.Clear();
    }

    public override void Committed(CommitRequest request, object? by)
    {
        var id = request.Before.Id;
        if (HasFailed(request))
        {
            NoteFailure(request, by);
        }

        if (request.Before.State.Value is { Status: AgentStatus.Quarantined } old && request.Next is { Status: not AgentStatus.Quarantined } let
            && !request.Actions.Any(a => a.Action is ActionKind.Released) && old.Hold is not RestartHold.Group)
        {
            World.Violate("G11 intent", $"{id} was quarantined and is {let.Status}, and nobody released it");
        }

        if (IsRestart(request))
        {
            CheckRestart(request, by);
        }

        if (request.Grants || request.Actions.Any(a => a.Action is ActionKind.Quarantined or ActionKind.Paused or ActionKind.Repaired or ActionKind.Removed))
        {
            _waits.Remove(id);
            _waitsFor.Remove(id);
        }
    }

    private void NoteFailure(CommitRequest request, object? by)
    {
        var (id, next, old) = (request.Before.Id, request.Next!, request.Before.State.Value!);
        var failure = next.LastFailure!;
        var decidedAt = DecidedAt(request);
        var told = _told.GetValueOrDefault(id) is { } report && report.Incarnation == old.Incarnation ? report : null;
        if (told?.Reason is FailureReason.Fatal && next.Status is not AgentStatus.Quarantined
            && failure.Reason is not (FailureReason.Silent or FailureReason.SiloLost or FailureReason.StartTimedOut))
        {
            World.Violate("G8 bounded storm", $"{id}#{old.Incarnation} said that no restart can help, and is {next.Status}");
        }

        _waitsFor.Remove(id);
        if (failure.Reason is FailureReason.SiloLost)
        {
            _waits.Remove(id);
        }
        else if (failure.Reason is FailureReason.ToldToWait && told?.RetryAfterSeconds is { } seconds)
        {
            var span = TimeSpan.FromSeconds(seconds);
            _waits[id] = (decidedAt + (span > LeastTold ? span : LeastTold) - Tolerance, $"it was told to wait {seconds:0.00} s");
            if (told.Resource is { } resource)
            {
                _waitsFor[id] = resource;
                _shared[(by, resource)] = Later(decidedAt + span, _shared.GetValueOrDefault((by, resource)));
            }
        }
        else
        {
            var failures = failure.Reason is FailureReason.ToldToWait ? Math.Max(2, next.ConsecutiveFailures) : Math.Max(1, next.ConsecutiveFailures);
            _waits[id] = (decidedAt + (Scenario.Policy.Backoff.DelayBeforeJitter(failures) * JitterLeaves) - Tolerance, $"of failure {failures} in a row");
        }
    }

    private void CheckRestart(CommitRequest request, object? by)
    {
        var (id, old) = (request.Before.Id, request.Before.State.Value!);
        if (_waits.TryGetValue(id, out var wait) && Now < wait.Until && !Scenario.HasStepped(StepNoticed))
        {
            World.Violate("G8 bounded storm", $"{id} is started {(wait.Until - Now).TotalSeconds:0.00} s before its wait is over: {wait.Why}");
        }

        // Whoever waits for its turn among the restarts has passed this, and is not asked again.
        if (old is { Status: AgentStatus.BackingOff, HasTurn: false } && _waitsFor.TryGetValue(id, out var resource)
            && _shared.TryGetValue((by, resource), out var until) && Now < until - Tolerance)
        {
            World.Violate("G8 bounded storm", $"{id} is started {(until - Now).TotalSeconds:0.00} s before the last moment that anybody was told to wait for {resource}");
        }
    }

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
