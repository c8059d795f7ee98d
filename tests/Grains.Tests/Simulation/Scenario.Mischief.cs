namespace OrleansHealing.Tests.Simulation;

/// <summary>What goes wrong with agents, and with the store's clock, as long as anything does.</summary>
internal sealed partial class Scenario
{
    private static readonly string[] Resources = ["account-a", "account-b"];
    private TimeSpan _causeUntil;

    /// <summary>Whether what all crash for is still there.</summary>
    public bool HasCommonCause => World.Now < _causeUntil && IsWild;

    /// <summary>What goes wrong with many at once, again and again.</summary>
    private void Mischief()
    {
        if (!IsWild)
        {
            return;
        }

        if (Mix.ClockSteps && World.Chance(0.4))
        {
            StepClock();
        }

        if (Mix.FailsTogether && World.Chance(0.4))
        {
            FailTogether();
        }

        if (Mix.FallsSilentTogether && World.Chance(0.4))
        {
            FallSilentTogether();
        }

        World.In(World.Between(3, 20), null, Mischief);
    }

    /// <summary>How an incarnation that begins now will fail, if it will.</summary>
    public (TimeSpan After, FailureMode Mode)? FailureOf(SimBody body)
    {
        if (HasCommonCause)
        {
            return (World.Between(0.05, 0.5), FailureMode.Cause);
        }

        if (!IsWild || World.Chance(0.25))
        {
            return null;
        }

        var mode = World.Random.Next(100) switch
        {
            < 40 => FailureMode.Crash,
            < 70 => body.ProgressLimit is not null && World.Chance(0.5) ? FailureMode.Stuck : FailureMode.Silent,
            < 85 => FailureMode.ToldToWait,
            < 97 => FailureMode.Drain,
            _ => FailureMode.Fatal,
        };
        return (World.Between(0.05, World.Chance(0.5) ? 3 : 30), mode);
    }

    /// <summary>For how long a body is told to wait, and for what.</summary>
    public (TimeSpan? Span, string? Resource) Wait() => (
        World.Chance(0.6) ? World.Between(0.2, 5) : null,
        Mix.SharesWaits && World.Chance(0.7) ? World.Pick(Resources) : null);

    private void FailTogether()
    {
        _causeUntil = World.Now + World.Between(0.5, 12);
        World.Tell($"everybody crashes, until {_causeUntil.TotalSeconds:0.0}");
        foreach (var body in AtWork())
        {
            World.In(World.Between(0, 0.3), body.Silo, () => body.Fail(FailureMode.Cause));
        }
    }

    /// <summary>Most of those that are at work, but one on each silo, so that no silo is to blame.</summary>
    private void FallSilentTogether()
    {
        var chosen = AtWork().GroupBy(b => b.Silo).SelectMany(silo => silo.Skip(1)).ToList();
        if (chosen.Count == 0)
        {
            return;
        }

        TimeSpan? span = World.Chance(0.5) ? World.Between(5.2, 8) : null;
        World.Tell($"{string.Join(", ", chosen.Select(b => b.Id))} fall silent {(span is null ? "for ever" : $"for {span.Value.TotalSeconds:0.0} s")}");
        foreach (var body in chosen)
        {
            body.Mute(span);
        }

        Oracle.FellSilent(chosen);
    }

    private List<SimBody> AtWork() => Bodies.FindAll(b => b.IsAtWork && !b.IsMute && !b.Silo.IsKilled);
}
