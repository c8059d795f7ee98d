using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Simulation;

/// <summary>How a body tells its end, and asks whether it is still the incarnation when the store refuses it.</summary>
internal sealed partial class SimBody
{
    private void Report(IncarnationReport report)
    {
        if (!scenario.CanReachStore(silo) || scenario.Loses())
        {
            _world.In(Retry, silo, () => Report(report));
            return;
        }

        var last = _promise.Next(silo.Clock.Now, force: true).Record;
        if (scenario.Store.Report(Id, report, StoreKeys.Claim(Host, _run), last))
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
}
