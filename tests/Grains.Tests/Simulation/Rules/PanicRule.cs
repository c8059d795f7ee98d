using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Simulation.Rules;

/// <summary>
/// When most of the fleet falls silent at once on silos that are well, each gets one more timeout before it is given up, and
/// then they are restarted slowly.
/// </summary>
internal sealed class PanicRule(Scenario scenario) : OracleRule(scenario)
{
    private static readonly TimeSpan Lately = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Beating = TimeSpan.FromSeconds(1.3);

    // Those that fell silent at once were heard last within one heartbeat of each other.
    private static readonly TimeSpan Apart = TimeSpan.FromSeconds(1.2);

    private readonly Dictionary<AgentId, (long Incarnation, TimeSpan At)> _heard = [];
    private readonly Dictionary<AgentId, SimBody> _silent = [];
    private readonly Queue<TimeSpan> _restarts = new();
    private TimeSpan? _at;
    private bool _isFirst;
    private bool _isPanic;

    public bool IsRecent => _at is { } at && Now - at < Lately;

    public void FellSilent(IReadOnlyList<SimBody> bodies)
    {
        // In a panic that is under way nobody is given more time.
        (_isFirst, _isPanic, _at) = (!IsRecent, false, Now);
        _silent.Clear();
        _restarts.Clear();
        foreach (var body in bodies)
        {
            _silent[body.Id] = body;
        }
    }

    public override void Heard(AgentId id, long incarnation, DateTimeOffset deadline) => _heard[id] = (incarnation, Now);

    public override void Committed(CommitRequest request, object? by)
    {
        if (!Scenario.IsCalm || !_isFirst || !IsRecent || request.Before.State.Value is not { } old
            || !_silent.TryGetValue(old.AgentId, out var body) || (body.Incarnation != old.Incarnation && !old.HasTurn))
        {
            return;
        }

        if (HasFailed(request) && request.Next!.LastFailure!.Reason is FailureReason.Silent)
        {
            CheckDoubt(old, body);
        }

        if (_isPanic && IsRestart(request) && (HasFailed(request) || old.HasTurn))
        {
            CheckPace(old);
        }
    }

    private void CheckDoubt(HealthState old, SimBody body)
    {
        var silent = _silent.Values.Count(b => Scenario.Store.StateOf(b.Id) is { IsPromised: true } s && s.Incarnation == b.Incarnation && !b.IsEnded && IsWell(b.Host)
            && Now - _heard[b.Id].At > Scenario.Policy.Timeout - Apart);
        var promised = Scenario.Store.Ids.Count(id => Scenario.Store.StateOf(id)!.IsPromised);
        if (silent < Scenario.Options.PanicLeast || silent < promised * Scenario.Options.PanicShare || Scenario.HasStepped(Lately))
        {
            return;
        }

        _isPanic = true;
        var silence = Now - _heard[old.AgentId].At;
        // Another one may have missed its deadline somewhat before; from then on everybody has one more timeout.
        if (silence < (1.5 * Scenario.Policy.Timeout) - TimeSpan.FromSeconds(0.5))
        {
            World.Violate(
                "G8 bounded storm", $"{silent} of {promised} agents fell silent at once, and {body.Id}#{body.Incarnation} is given up after {silence.TotalSeconds:0.0} s, without one more timeout");
        }
    }

    private void CheckPace(HealthState old)
    {
        _restarts.Enqueue(Now);
        while (Now - _restarts.Peek() > Window)
        {
            _restarts.Dequeue();
        }

        var most = (Scenario.Options.PanicRestartsPerSecond * Window.TotalSeconds) + 2;
        if (_restarts.Count > most)
        {
            World.Violate("G8 bounded storm", $"{_restarts.Count} of those that fell silent at once were restarted within {Window.TotalSeconds} s, the last of them {old.AgentId}");
        }
    }

    /// <summary>Whether any agent of the host was heard just now, and not for the first time, so that the host is not to blame.</summary>
    private bool IsWell(string host) => _heard.Any(h => Now - h.Value.At < Beating
        && BodyOf(h.Key, h.Value.Incarnation) is { } body && body.Host == host && Now - body.ClaimedAt > 2 * Beating
        && Scenario.Store.DeadlineOf(new(h.Key, h.Value.Incarnation)) > Scenario.StoreNow + (Scenario.Policy.Timeout / 2));
}
