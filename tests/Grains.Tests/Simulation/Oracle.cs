using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Simulation;

/// <summary>Knows everything, and holds each write that the store accepts against the guarantees.</summary>
internal sealed partial class Oracle(Scenario scenario)
{
    private readonly Dictionary<AgentId, Known> _agents = [];
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private readonly Dictionary<ClaimedIncarnation, TimeSpan> _claimed = [];
    private readonly Queue<TimeSpan> _restarts = new();
    private long _latestTerm;

    /// <summary>The slowest detection of a silence while nothing stood in its way.</summary>
    public TimeSpan SlowestDetection { get; private set; }

    public int Restarts { get; private set; }

    /// <summary>Whether the store ever lost something.</summary>
    public bool HasLost { get; private set; }

    /// <summary>A write of an incarnation was accepted.</summary>
    public void Wrote(AgentId id, long incarnation, string what)
    {
        if (what is "claim")
        {
            _claimed.TryAdd(new(id, incarnation), scenario.World.Now);
        }

        var known = Of(id);
        if (incarnation < known.Fence)
        {
            scenario.World.Violate("G1 fence", $"a {what} of {id}#{incarnation} was accepted after #{known.Fence} was granted");
        }
    }

    /// <summary>What a supervisor says of the whole partition was taken, which only the latest may say.</summary>
    public void SpokeFor(long term)
    {
        if (term < _latestTerm)
        {
            scenario.World.Violate("G1 fence", $"what the supervisor of term {term} says of the partition was taken after term {_latestTerm} had begun to speak");
        }

        _latestTerm = term;
    }

    /// <summary>What the store holds now is all that anybody can go by, but numbers must not come again.</summary>
    public void StoreLost()
    {
        HasLost = true;
        _latestTerm = 0;
        foreach (var (id, known) in _agents)
        {
            var state = scenario.Store.StateOf(id);
            known.Fence = state?.Incarnation ?? 0;
            known.Failures = state?.ConsecutiveFailures ?? 0;
        }

        foreach (var rule in _rules)
        {
            rule.StoreLost();
        }
    }

    /// <summary>Who remembered the numbers that the store lost is gone: only bodies that run know of theirs.</summary>
    public void Forget()
    {
        foreach (var (id, known) in _agents)
        {
            known.Granted = Math.Max(
                known.Fence, scenario.Bodies.Where(b => b.Id == id && b.IsClaimed && !b.IsEnded).Select(b => b.Incarnation).DefaultIfEmpty(0).Max());
        }
    }

    /// <summary>A decision is being committed.</summary>
    public void Committed(CommitRequest request, object? by)
    {
        var id = request.Before.Id;
        var known = Of(id);
        var (old, next) = (request.Before.State.Value, request.Next);
        foreach (var action in request.Actions)
        {
            scenario.World.Tell($"   {action.Action} {id}#{action.Incarnation} ({action.Reason}) {action.Details}");
        }

        CheckRules(request, by);
        CheckEvidence(request);
        if (request.Actions.Any(a => a.Action is ActionKind.Failed))
        {
            CheckFailure(request, old!);
        }

        if (next is null)
        {
            return;
        }

        CheckGrant(known, old, next, request);
        CheckCount(known, next, request);
        CheckWait(known, old, next, request);
        CheckHealthy(old, next, request);
        CheckDesired(old, next, request);
    }

    private void CheckFailure(CommitRequest request, HealthState old)
    {
        var failure = request.Next!.LastFailure!;
        if (failure.Reason is not (FailureReason.Silent or FailureReason.StartTimedOut or FailureReason.Stuck or FailureReason.SiloLost))
        {
            return;
        }

        var body = scenario.Bodies.Find(b => b.Id == old.AgentId && b.Incarnation == old.Incarnation && b.IsAtWork);
        if (failure.Reason is FailureReason.Stuck && body is not null)
        {
            CheckStuck(body, "judged");
        }
        else if (body is { IsStuck: true } or { WasMute: true })
        {
            // It missed its deadline, for want of progress or since it could not be heard.
            body = null;
        }

        var lately = scenario.Policy.Timeout + TimeSpan.FromSeconds(2);
        if (body is not null && failure.Reason is not FailureReason.Stuck && !body.Silo.IsTroubled(lately) && scenario.World.Now - body.ClaimedAt > TimeSpan.FromSeconds(0.1))
        {
            scenario.World.Violate(
                "G9 the observer's faults are not the agents'", $"{body.Id}#{body.Incarnation} works on {body.Host}, which nothing is the matter with, and is judged {failure.Reason}");
        }

        if (failure.Reason is FailureReason.Silent or FailureReason.StartTimedOut
            && !scenario.HasStepped(2 * scenario.Policy.Timeout)
            && scenario.Store.DeadlineOf(new(old.AgentId, old.Incarnation)) > scenario.StoreNow + TimeSpan.FromSeconds(0.1))
        {
            scenario.World.Violate("G9 the observer's faults are not the agents'", $"{old.AgentId}#{old.Incarnation} was heard of before it was judged {failure.Reason}");
        }

        if (failure.Reason is FailureReason.Silent && scenario.IsCalm && !scenario.HasStepped(Steady) && !scenario.Mix.FallsSilentTogether)
        {
            var took = scenario.StoreNow - failure.At;
            SlowestDetection = took > SlowestDetection ? took : SlowestDetection;
            if (took > TimeSpan.FromMilliseconds(150))
            {
                scenario.World.Violate("G2 detect", $"the silence of {old.AgentId}#{old.Incarnation} was acted on {took.TotalMilliseconds:0} ms after its deadline");
            }
        }
    }

    /// <summary>What is recorded of the decision, as a later version reads it, must give the same actions.</summary>
    private void CheckEvidence(CommitRequest request)
    {
        if (request.Actions.Count == 0)
        {
            return;
        }

        if (request.Inputs is not { } inputs)
        {
            scenario.World.Violate("G14 explainable", $"what was decided on {request.Before.Id} is committed without what it was decided on");
            return;
        }

        if (!scenario.DecidesAgain)
        {
            return;
        }

        var again = Replay.OfRecord(inputs, request.Actions);
        if (Replay.Text(again?.Actions) != Replay.Text(request.Actions) || Replay.Text(again?.Next) != Replay.Text(request.Next))
        {
            scenario.World.Violate("G14 explainable", $"decided again, {Replay.Text(request.Actions)} of {request.Before.Id} is {Replay.Text(again?.Actions)}");
        }
    }

    private void CheckGrant(Known known, HealthState? old, HealthState next, CommitRequest request)
    {
        if (request.GoesOn)
        {
            // After a loss that nobody remembers, a body that had not claimed yet may turn up that the oracle was told to forget.
            if ((next.Incarnation > known.Granted && !HasLost) || next.Incarnation < known.Fence)
            {
                scenario.World.Violate("G1 fence", $"{next.AgentId}#{next.Incarnation} goes on, where #{known.Granted} was granted and #{known.Fence} is the fence");
            }

            known.Granted = Math.Max(known.Granted, next.Incarnation);
            known.Fence = next.Incarnation;
            return;
        }

        if (!request.Grants)
        {
            return;
        }

        scenario.NoticeLostWitness();
        if (next.Incarnation <= known.Granted && !scenario.IsForgotten)
        {
            scenario.World.Violate("G15 numbers never repeat", $"{next.AgentId}#{next.Incarnation} is granted, and #{known.Granted} was before");
        }

        if (old is not null && !HasLost && next.Incarnation != known.Granted + 1)
        {
            scenario.World.Violate("G4 one starter", $"{next.AgentId} goes from #{known.Granted} to #{next.Incarnation}");
        }

        known.Granted = Math.Max(known.Granted, next.Incarnation);
        known.Fence = next.Incarnation;
        Restarts++;
    }

    private void CheckCount(Known known, HealthState next, CommitRequest request)
    {
        foreach (var action in request.Actions)
        {
            switch (action.Action)
            {
                case ActionKind.Spawned or ActionKind.Released or ActionKind.Completed:
                    known.Failures = 0;
                    break;
                case ActionKind.Repaired when action.Reason is "rebuilt" || (action.Reason is "re-registered" && request.Before.State.Value is null):
                    // Its record is gone, and with it what was counted; the action says so.
                    known.Failures = 0;
                    break;
                case ActionKind.Failed when next.LastFailure!.Reason is not (FailureReason.SiloLost or FailureReason.ToldToWait):
                    known.Failures++;
                    break;
                case ActionKind.Stabilized:
                    CheckStable(next);
                    known.Failures = 0;
                    break;
            }
        }

        if (next.ConsecutiveFailures != known.Failures)
        {
            scenario.World.Violate(
                "G6 reset by health only", $"{next.AgentId}#{next.Incarnation} has {next.ConsecutiveFailures} failures in a row on record, and had {known.Failures}");
        }

        if (known.Failures >= scenario.Policy.MaxRestarts && next.Status is AgentStatus.BackingOff
            && next.LastFailure?.Reason is not (FailureReason.SiloLost or FailureReason.ToldToWait))
        {
            scenario.World.Violate("G8 bounded storm", $"{next.AgentId} is to be started again after failure {known.Failures} of {scenario.Policy.MaxRestarts}");
        }
    }

    private void CheckStable(HealthState next)
    {
        if (!_claimed.TryGetValue(new(next.AgentId, next.Incarnation), out var at)
            || (scenario.World.Now - at < scenario.Policy.Stable - TimeSpan.FromSeconds(0.1) && !IsCutShort(at) && !scenario.HasStepped(StepNoticed)))
        {
            scenario.World.Violate("G6 reset by health only", $"the failures of {next.AgentId}#{next.Incarnation} are forgotten before it was healthy for the stable time");
        }
    }

    private void CheckWait(Known known, HealthState? old, HealthState next, CommitRequest request)
    {
        var now = request.Actions.Count > 0 ? request.Actions[0].At : DateTimeOffset.MaxValue;
        if (old is { Status: AgentStatus.BackingOff } && next.Status is AgentStatus.Restarting
            && request.Actions[0].Action is ActionKind.Restarting && request.Actions[0].Reason is not ("restart" or "resume") && now < old.NextRestartAt)
        {
            scenario.World.Violate("G8 bounded storm", $"{next.AgentId} is started {(old.NextRestartAt - now)!.Value.TotalSeconds:0.0} s before its wait is over");
        }

        CheckLimit(next, request);
        if (next is { Status: AgentStatus.BackingOff, HasTurn: false, Hold: RestartHold.None } && request.Actions.Any(a => a.Action is ActionKind.BackingOff) && next.LastFailure!.Reason is not (FailureReason.ToldToWait or FailureReason.SiloLost))
        {
            var plain = scenario.Policy.Backoff.DelayBeforeJitter(known.Failures);
            var wait = next.NextRestartAt!.Value - now;
            if (wait < plain * 0.89 || wait > plain * 1.11)
            {
                scenario.World.Violate("G8 bounded storm", $"{next.AgentId} waits {wait.TotalSeconds:0.00} s after failure {known.Failures}, where {plain.TotalSeconds:0.00} s were due");
            }
        }
    }

    /// <summary>Of any ten seconds: what may be at once, and the rate; twice of the first, since a supervisor that dies may not have told.</summary>
    private void CheckLimit(HealthState next, CommitRequest request)
    {
        if (request.Actions.Any(a => a.Action is ActionKind.Restarting && a.Reason is not ("restart" or "resume" or "release")))
        {
            _restarts.Enqueue(scenario.World.Now);
            while (scenario.World.Now - _restarts.Peek() > Window)
            {
                _restarts.Dequeue();
            }

            var most = (2 * scenario.Options.RestartBurst) + (scenario.Options.RestartsPerSecond * Window.TotalSeconds) + 1;
            if (_restarts.Count > most)
            {
                scenario.World.Violate("G8 bounded storm", $"{_restarts.Count} restarts in {Window.TotalSeconds} s, the last of {next.AgentId}");
            }
        }
    }

    private void CheckHealthy(HealthState? old, HealthState next, CommitRequest request)
    {
        var becomesHealthy = next.Status is AgentStatus.Healthy && old?.Status is not AgentStatus.Healthy;
        if (becomesHealthy && !_claimed.ContainsKey(new(next.AgentId, next.Incarnation)))
        {
            scenario.World.Violate("G7 verified recovery", $"{next.AgentId}#{next.Incarnation} is called healthy, and no body ever claimed it ({request.Actions[0].Details})");
        }
    }

    private void CheckDesired(HealthState? old, HealthState next, CommitRequest request)
    {
        if (request.Actions.FirstOrDefault(a => a is { Action: ActionKind.Resumed or ActionKind.Paused, Reason: "pause-expired" }) is { } resumed)
        {
            CheckExpiry(old!, next, resumed.At);
            return;
        }

        if (old is not null && request.Actions.Any(a => a.Reason is "clock-went-back"))
        {
            CheckBegunAnew(old.Desired, next.Desired);
            return;
        }

        var isOrder = request.Actions.Any(a => a.Action is ActionKind.Paused or ActionKind.Resumed or ActionKind.Released || a.Reason is "restart")
            || request.Inputs?.Command is not null;
        if (old is not null && old.Desired != next.Desired && !isOrder)
        {
            scenario.World.Violate("G11 intent", $"what a person wants of {next.AgentId} was changed by nobody: {old.Desired} to {next.Desired}");
        }
    }

    /// <summary>A pause whose times lie in the future, since the clock went back, lasts as long as it was ordered.</summary>
    private void CheckBegunAnew(DesiredState before, DesiredState after)
    {
        if (before with { At = after.At, Until = after.Until } != after || before.Until - before.At != after.Until - after.At)
        {
            scenario.World.Violate("G11 intent", $"when the clock went back, what a person wants was changed: {before} to {after}");
        }
    }

    private void CheckExpiry(HealthState old, HealthState next, DateTimeOffset now)
    {
        if (old.Desired.Until is not { } until || until > now || next.Desired.Actor != old.Desired.Actor)
        {
            scenario.World.Violate("G11 intent", $"{next.AgentId} is resumed at {now:O}, and was to be paused: {old.Desired}");
        }
        else if (scenario.IsCalm && !scenario.HasStepped(Steady) && now - until > TimeSpan.FromMilliseconds(150))
        {
            scenario.World.Violate("G2 detect", $"the pause of {next.AgentId} was over {(now - until).TotalMilliseconds:0} ms before it was resumed");
        }
    }

    private Known Of(AgentId id) => _agents.TryGetValue(id, out var known) ? known : _agents[id] = new Known();

    private sealed class Known
    {
        /// <summary>The highest number that was ever granted.</summary>
        public long Granted { get; set; }

        /// <summary>The one that the store knows to be the newest.</summary>
        public long Fence { get; set; }

        public int Failures { get; set; }
    }
}
