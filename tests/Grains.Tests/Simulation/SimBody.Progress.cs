using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Simulation;

/// <summary>How a body gets on, and what its host does about it when it does not.</summary>
internal sealed partial class SimBody
{
    private bool _isIdle;
    private bool _isClimbing;
    private bool _hasOpenStep;
    private bool _isUnwatched;

    /// <summary>Lack of progress after which it is stuck; null: never.</summary>
    public TimeSpan? ProgressLimit => start.Policy.ProgressTimeout;

    /// <summary>When it last got on.</summary>
    public TimeSpan GotOnAt { get; private set; }

    /// <summary>When it last gave up a step that was cancelled.</summary>
    public TimeSpan GaveWayAt { get; private set; }

    /// <summary>Until when it said that it would not get on, as far as it is allowed.</summary>
    public TimeSpan QuietUntil { get; private set; }

    /// <summary>Whether it has not got on for as long as it may.</summary>
    public bool IsStuck => ProgressLimit is { } limit && _world.Now >= MayRestUntil(limit);

    private TimeSpan MayRestUntil(TimeSpan limit) => QuietUntil > GotOnAt + limit ? QuietUntil : GotOnAt + limit;

    private void BeginToGetOn()
    {
        GotOnAt = _world.Now;
        if (ProgressLimit is not null)
        {
            // A host in no state to watch, and a body that works in steps.
            _isUnwatched = _world.Chance(0.3);
            _hasOpenStep = _world.Chance(0.5);
            GetOnLater();
        }
    }

    /// <summary>Some are quick, and some are almost too slow.</summary>
    private void GetOnLater() => _world.In(Share(0.1, 0.85), silo, () =>
    {
        if (_isEnded || _isSilent || _isIdle)
        {
            return;
        }

        if (_world.Chance(0.15))
        {
            ExpectSilence();
        }
        else
        {
            GetOn();
            GetOnLater();
        }
    });

    private TimeSpan Share(double from, double to) => _world.Between(from, to).TotalSeconds * ProgressLimit!.Value;

    private void GetOn()
    {
        GotOnAt = _world.Now;
        _promise.GotOn(silo.Clock.Now, null);
    }

    /// <summary>Longer than the progress timeout, perhaps longer than is allowed; and it may never come back.</summary>
    private void ExpectSilence()
    {
        var span = Share(1, 3);
        var allowed = span < start.Policy.MaxExpectedSilence ? span : start.Policy.MaxExpectedSilence;
        var silence = scenario.Bug is PlantedBug.AnnouncementIgnored ? null : _promise.ExpectSilence(silo.Clock.Now, span);
        QuietUntil = _world.Now + allowed;
        _world.Tell($"{Id}#{Incarnation} on {Host} expects silence for {span.TotalSeconds:0.0} s");
        if (scenario.IsWild && _world.Chance(0.2))
        {
            _isIdle = true;
            return;
        }

        _world.In(_world.Between(0.3, 0.95).TotalSeconds * allowed, silo, () =>
        {
            if (!_isEnded && !_isSilent && !_isIdle)
            {
                QuietUntil = TimeSpan.Zero;
                GotOnAt = _world.Now;
                if (silence is not null)
                {
                    _promise.EndSilence(silence, silo.Clock.Now);
                }
                else
                {
                    _promise.GotOn(silo.Clock.Now, null);
                }

                GetOnLater();
            }
        });
    }

    /// <summary>The ladder of its host, at each heartbeat: the step, then the body, then the supervisor is told.</summary>
    private void LookIfStuck()
    {
        if (scenario.Bug is PlantedBug.ProgressIgnored && GotOnAt > ClaimedAt)
        {
            _promise.GotOn(silo.Clock.Now, null);
        }

        if (ProgressLimit is null || !_promise.IsStuck(silo.Clock.Now) || _isClimbing || _isUnwatched)
        {
            return;
        }

        scenario.Oracle.CheckStuck(this, "climbed over");
        _isClimbing = true;
        if (_promise.HasGivenWay || !_hasOpenStep)
        {
            GiveUp();
            return;
        }

        var givesWay = _world.Chance(0.7);
        _world.In(givesWay ? _world.Between(0, start.Policy.StopGrace.TotalSeconds) : start.Policy.StopGrace, silo, () =>
        {
            if (_isEnded || _isSilent)
            {
                return;
            }

            if (!givesWay)
            {
                GiveUp();
                return;
            }

            _isClimbing = false;
            GaveWayAt = _world.Now;
            _promise.GaveWay(silo.Clock.Now);
            if (_world.Chance(0.5))
            {
                _isIdle = false;
                GetOn();
                GetOnLater();
            }
        });
    }

    private void GiveUp()
    {
        var (since, now) = (_promise.StuckSince, silo.Clock.Now);
        Leave(FailureReason.Stuck, $"alive, but no progress for {ProgressLimit!.Value.TotalSeconds:0.0} s", since < now ? since : now);
    }
}
