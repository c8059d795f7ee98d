using OrleansHealing.Agents;
using OrleansHealing.Backends;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Simulation;

/// <summary>One incarnation on one silo, as its grain hosts it: claims, beats, saves, and ends in one of many ways.</summary>
internal sealed partial class SimBody(Scenario scenario, SimSilo silo, AgentStart start)
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(250);

    private readonly World _world = scenario.World;
    private readonly string _run = $"run-{scenario.NextRun()}";
    private readonly Promise _promise = new(start.Incarnation, silo.Host, start.Policy, () => silo.Clock.Stepped);
    private bool _isEnded;
    private bool _isSilent;
    private bool _isWaiting;
    private bool _isAsking;
    private TimeSpan _muteUntil;

    public AgentId Id => start.Definition.Id;

    public long Incarnation => start.Incarnation;

    public string Host => silo.Host;

    public SimSilo Silo => silo;

    /// <summary>Whether it is the incarnation and works.</summary>
    public bool IsAtWork => IsClaimed && !_isEnded && !_isSilent;

    public bool IsClaimed { get; private set; }

    public bool IsEnded => _isEnded;

    public TimeSpan ClaimedAt { get; private set; }

    /// <summary>Claims its incarnation, for as long as it takes.</summary>
    public void Begin()
    {
        if (_isEnded)
        {
            return;
        }

        _promise.Begin(silo.Clock.Now);

        // As long as the store is out of reach it promises anew.
        var (deadline, record) = _promise.Next(silo.Clock.Now, force: true);
        if (!scenario.CanReachStore(silo) || scenario.Loses())
        {
            _world.In(Retry, silo, Begin);
            return;
        }

        if (!scenario.Store.Claim(Id, record!, _run, deadline))
        {
            _world.Tell($"{Id}#{Incarnation} on {Host} is refused");
            _isEnded = true;
            return;
        }

        if (scenario.Loses())
        {
            // It does not know that it was accepted, and asks again.
            _world.In(Retry, silo, Begin);
            return;
        }

        IsClaimed = true;
        ClaimedAt = _world.Now;
        _world.Tell($"{Id}#{Incarnation} works on {Host}");
        scenario.Nudge(Id);
        _world.In(start.Policy.Heartbeat, silo, Tick);
        Load();
        BeginToGetOn();
        if (scenario.FailureOf(this) is { } failure)
        {
            _world.In(failure.After, silo, () => Fail(failure.Mode));
        }
    }

    /// <summary>Its silo is gone.</summary>
    public void Die() => _isEnded = true;

    /// <summary>Cancelled: it leaves within its grace, or is abandoned and goes on as a zombie that nobody beats for.</summary>
    public TimeSpan Cancel()
    {
        if (_isEnded)
        {
            return TimeSpan.Zero;
        }

        _isSilent = true;
        if (_world.Chance(0.1))
        {
            return start.Policy.StopGrace;
        }

        var takes = _world.Between(0, start.Policy.StopGrace.TotalSeconds);
        _world.In(takes, silo, () => _isEnded = true);
        return takes;
    }

    /// <summary>Its silo stops in good order, or the agent is moved: leaves, and tells it.</summary>
    public void Drain()
    {
        if (!_isEnded && IsClaimed)
        {
            Leave(FailureReason.Drained, "handed over", null);
        }
    }

    /// <summary>The promise of a grace, then the grace, then the report.</summary>
    private void Leave(FailureReason reason, string why, DateTimeOffset? at)
    {
        TryBeat(silo.Clock.Now + start.Policy.StopGrace + start.Policy.Timeout);
        _isSilent = true;
        _world.In(_world.Between(0, start.Policy.StopGrace.TotalSeconds), silo, () =>
        {
            _isEnded = true;
            Report(IncarnationReport.Failed(Incarnation, reason, why, at ?? silo.Clock.Now));
        });
    }

    /// <summary>Its beats do not come through, for a while or for ever; it knows nothing of it.</summary>
    public void Mute(TimeSpan? span) => _muteUntil = span is { } s ? _world.Now + s : TimeSpan.MaxValue;

    public bool IsMute => _world.Now < _muteUntil;

    /// <summary>Whether its beats did not come through lately.</summary>
    public bool WasMute => _muteUntil > TimeSpan.Zero && (IsMute || _world.Now - _muteUntil < TimeSpan.FromSeconds(3));

    public void Fail(FailureMode mode)
    {
        if (_isEnded || _isSilent || !scenario.IsWild)
        {
            return;
        }

        _world.Tell($"{Id}#{Incarnation} on {Host}: {mode}");
        switch (mode)
        {
            case FailureMode.Silent:
                _isSilent = true;
                break;
            case FailureMode.Crash:
                End(FailureReason.Crashed);
                break;
            case FailureMode.Cause:
                End(FailureReason.Crashed, "IOException: the disk is full");
                break;
            case FailureMode.Stuck:
                _isIdle = true;
                break;
            case FailureMode.Fatal:
                End(FailureReason.Fatal);
                break;
            case FailureMode.ToldToWait:
                End(FailureReason.ToldToWait);
                break;
            case FailureMode.Drain:
                Drain();
                break;
        }
    }

    private void End(FailureReason reason, string why = "it broke")
    {
        _isEnded = true;
        var report = IncarnationReport.Failed(Incarnation, reason, why, silo.Clock.Now) with { Host = Host };
        if (reason is FailureReason.ToldToWait)
        {
            var (span, resource) = scenario.Wait();
            report = report with { RetryAfterSeconds = span?.TotalSeconds, Resource = resource };
        }

        Report(report);
    }

    private void Tick()
    {
        if (_isEnded)
        {
            return;
        }

        if (_isSilent)
        {
            // A zombie: now and then it writes, which must change nothing once a newer one was granted.
            if (_world.Chance(0.3))
            {
                Save();
            }

            _world.In(start.Policy.Heartbeat, silo, Tick);
            return;
        }

        TryBeat(null);
        LookIfStuck();
        if (_world.Chance(0.2))
        {
            Save();
        }

        _world.In(start.Policy.Heartbeat, silo, Tick);
    }

    private void TryBeat(DateTimeOffset? until)
    {
        if (IsMute)
        {
            return;
        }

        var (deadline, record) = _promise.Next(silo.Clock.Now, force: _world.Chance(0.1));
        if (!scenario.CanReachStore(silo))
        {
            WaitForStore();
        }
        else if (!scenario.Loses() && !scenario.Store.Beat(new BeatEntry(Id, Incarnation, (until ?? deadline).ToUnixTimeMilliseconds(), record)))
        {
            Ask(goesOn: () => { }, Fence);
        }
    }

    /// <summary>The newest beat waits in the writer, and is sent as soon as the store answers.</summary>
    private void WaitForStore()
    {
        if (_isWaiting)
        {
            return;
        }

        _isWaiting = true;
        _world.In(Retry, silo, () =>
        {
            _isWaiting = false;
            if (!_isEnded && !_isSilent)
            {
                TryBeat(null);
            }
        });
    }
}
