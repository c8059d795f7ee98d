namespace OrleansHealing.Tests.Simulation;

/// <summary>The store's clock, which steps where a schedule has that, and the silos that follow it.</summary>
internal sealed partial class Scenario
{
    private static readonly TimeSpan ClockPeriod = TimeSpan.FromSeconds(2);
    private TimeSpan _stepped;

    /// <summary>The store's time.</summary>
    public DateTimeOffset StoreNow => World.Time.Now + _stepped;

    /// <summary>When the clock last stepped; null if never.</summary>
    public TimeSpan? SteppedAt { get; private set; }

    /// <summary>How far it did.</summary>
    public TimeSpan LastStep { get; private set; }

    public bool HasStepped(TimeSpan lately) => SteppedAt is { } at && World.Now - at < lately;

    private void StepClock()
    {
        var far = World.Random.Next(3) switch
        {
            0 => World.Between(1.5, 20),
            1 => World.Between(20, 3600),
            _ => World.Between(3600, 2 * 86_400),
        };
        LastStep = World.Chance(0.5) ? far : -far;
        _stepped += LastStep;
        SteppedAt = World.Now;
        World.Tell($"the store's clock steps by {LastStep.TotalSeconds:0.0} s");
        Oracle.ClockStepped(LastStep);
    }

    /// <summary>Each silo asks the store's time now and then.</summary>
    private void FollowClock(SimSilo silo)
    {
        if (!Mix.ClockSteps)
        {
            return;
        }

        if (CanReachStore(silo) && !Loses())
        {
            silo.Synchronize();
        }

        World.In(ClockPeriod, silo, () => FollowClock(silo));
    }
}
