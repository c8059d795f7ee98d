using OrleansHealing.Chaos.Faults;

namespace OrleansHealing.Chaos.Plan;

public sealed class ChaosPlanTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    [Fact]
    public void Of_TheSameSeed_IsTheSamePlan() => Assert.Equal(Say(7), Say(7));

    [Fact]
    public void Of_AnotherSeed_IsAnotherPlan() => Assert.NotEqual(Say(7), Say(8));

    [Fact]
    public void Of_AnySeed_HasEachKindAndEachModeBeforeOneComesTooOften()
    {
        var faults = ChaosPlan.Of(1, Longest).SelectMany(e => e.Faults).Take(44).ToList();

        Assert.Equal(
            Enum.GetValues<FaultKind>().Except([FaultKind.NoSilo, FaultKind.MachineStall]).Order(),
            faults.Select(f => f.Kind).Distinct().Order());
        Assert.Equal(["block", "exception", "exit", "hang", "silent"], faults.Select(f => f.Mode).OfType<string>().Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Of_AnySeed_FreezesSilosForTenSecondsToAMinute() => Assert.All(
        ChaosPlan.Of(2, Longest).Take(500).SelectMany(e => e.Faults).Where(f => f.Kind is FaultKind.FreezeSilo),
        f => Assert.InRange(f.Length.TotalSeconds, 10, 60));

    private static List<string> Say(int seed) => [.. ChaosPlan.Of(seed, Longest).Take(20).SelectMany(e => e.Faults).Select(f => f.ToString())];
}
