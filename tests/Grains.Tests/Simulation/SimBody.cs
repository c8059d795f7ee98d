using OrleansHealing.Agents;
using OrleansHealing.Backends;
using OrleansHealing.Heartbeats;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Simulation;

/// <summary>One incarnation on one silo, as its grain hosts it: claims, beats, saves, and ends in one of many ways.</summary>
internal sealed class SimBody(Scenario scenario, SimSilo silo, AgentStart start)
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(250);

    private readonly World _world = scenario.World;
    private readonly string _run = $"run-{scenario.NextRun()}";
    private readonly Promise _promise = new(start.Incarnation, silo.Host, start.Policy);
    private bool _isEnded;
    private bool _isSilent;
    private bool _isWaiting;
    private bool _isAsking;
    private long _sequence;

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

        if (!scenario.CanReachStore(silo) || scenario.Loses())
        {
            _world.In(Retry, silo, Begin);
            return;
        }

        var (deadline, record) = _promise.Next(silo.Clock.Now, force: true);
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
        if (scenario.FailureOf() is { } failure)
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
            // The promise of a grace, then the grace, then the report.
            TryBeat(silo.Clock.Now + start.Policy.StopGrace + start.Policy.Timeout);
            _isSilent = true;
            _world.In(_world.Between(0, start.Policy.StopGrace.TotalSeconds), silo, () =>
            {
                _isEnded = true;
                Report(IncarnationReport.Failed(Incarnation, FailureReason.Drained, "handed over", silo.Clock.Now));
            });
        }
    }

    private void Fail(FailureMode mode)
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

    private void End(FailureReason reason)
    {
        _isEnded = true;
        Report(IncarnationReport.Failed(Incarnation, reason, "it broke", silo.Clock.Now) with
        {
            RetryAfterSeconds = reason is FailureReason.ToldToWait && _world.Chance(0.5) ? 2 : null,
        });
    }

    private void Report(IncarnationReport report)
    {
        if (!scenario.CanReachStore(silo) || scenario.Loses())
        {
            _world.In(Retry, silo, () => Report(report));
            return;
        }

        if (scenario.Store.Report(Id, report, StoreKeys.Claim(Host, _run), null))
        {
            scenario.Nudge(Id);
        }
        else if (IsClaimed)
        {
            Ask(goesOn: () => Report(report), fenced: () => { });
        }
    }

    /// <summary>The store refused a write: asks until it is known whether this is still the incarnation, and claims it anew if it is.</summary>
    private void Ask(Action goesOn, Action fenced)
    {
        if (_isAsking)
        {
            return;
        }

        _isAsking = true;
        Try();

        void Try()
        {
            var body = new RunningBody(start.Definition, Incarnation, StoreKeys.Claim(Host, _run), start.FirstIncarnation);
            if (!scenario.CanReachStore(silo) || scenario.Loses())
            {
                _world.In(Retry, silo, Try);
            }
            else if (scenario.Store.Load(Id) is { Deadline: not null } known && known.Claim == body.Claim && known.State.Value?.Incarnation == Incarnation)
            {
                _isAsking = false;
                goesOn();
            }
            else if (SupervisorDecision.IsFenced(scenario.Store.Load(Id), body))
            {
                Answer(BodyVerdict.Fenced);
            }
            else
            {
                var isAnswered = false;
                scenario.Adopt(silo, body, verdict =>
                {
                    if (!isAnswered)
                    {
                        isAnswered = true;
                        Answer(verdict);
                    }
                });
                _world.In(Retry * 4, silo, () =>
                {
                    if (!isAnswered)
                    {
                        isAnswered = true;
                        Try();
                    }
                });
            }
        }

        void Answer(BodyVerdict verdict)
        {
            if (verdict is BodyVerdict.Fenced)
            {
                _isAsking = false;
                fenced();
            }
            else if (verdict is BodyVerdict.GoesOn && scenario.CanReachStore(silo) && !scenario.Loses()
                && _promise.Next(silo.Clock.Now, force: true) is { } beat && scenario.Store.Claim(Id, beat.Record!, _run, beat.Deadline))
            {
                _isAsking = false;
                _world.Tell($"{Id}#{Incarnation} on {Host} is registered again");
                scenario.Nudge(Id);
                goesOn();
            }
            else
            {
                _world.In(Retry, silo, Try);
            }
        }
    }

    /// <summary>The order to start it came again.</summary>
    public void Reaffirm()
    {
        if (IsAtWork)
        {
            Ask(goesOn: () => { }, Fence);
        }
    }

    private void Fence()
    {
        _world.Tell($"{Id}#{Incarnation} on {Host} is fenced");
        Cancel();
        scenario.Nudge(Id);
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
        if (_world.Chance(0.2))
        {
            Save();
        }

        _world.In(start.Policy.Heartbeat, silo, Tick);
    }

    private void TryBeat(DateTimeOffset? until)
    {
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

    private void Save()
    {
        if (scenario.CanReachStore(silo) && !scenario.Loses())
        {
            var checkpoint = new Checkpoint { Incarnation = Incarnation, Sequence = ++_sequence, At = silo.Clock.Now, State = JsonText.Parse("1") };
            if (!scenario.Store.SaveCheckpoint(Id, checkpoint) && !_isSilent)
            {
                Ask(goesOn: () => { }, Fence);
            }
        }
    }
}

/// <summary>How a body ends.</summary>
internal enum FailureMode
{
    Crash,
    Silent,
    Fatal,
    ToldToWait,
    Drain,
}
