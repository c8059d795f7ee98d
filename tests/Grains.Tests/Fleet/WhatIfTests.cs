using OrleansHealing.Fleet;
using OrleansHealing.Heartbeats;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Fleet;

/// <summary>The arithmetic, by table: gaps of 1 s, 2.1 s, 4.9 s and 9 s, and two agents that fell silent.</summary>
public sealed class WhatIfTests
{
    private static readonly Dictionary<string, long> Recorded = new()
    {
        ["since test"] = Given.Now.AddHours(-2).ToUnixTimeMilliseconds(),
        ["gap:1000 test"] = 1_000,
        ["gap:2100 test"] = 10,
        ["gap:4900 test"] = 4,
        ["gap:9000 test"] = 1,
        ["failed:silent test"] = 1,
        ["failed:silo-lost test"] = 1,
        ["timeoutMs:silent test"] = 5_000,
        ["timeoutMs:silo-lost test"] = 5_000,
        ["silentMs:silent test"] = 5_100,
        ["silentMs:silo-lost test"] = 5_300,
    };

    [Theory]
    [InlineData(1, 1_015, 1_015, -4, -8)]
    [InlineData(2, 15, 15, -3, -6)]
    [InlineData(2.15, 5, 15, -2.85, -5.7)]
    [InlineData(4.9, 5, 5, -0.1, -0.2)]
    [InlineData(5, 1, 1, 0, 0)]
    [InlineData(8, 1, 1, 3, 6)]
    [InlineData(9.25, 0, 0, 4.25, 8.5)]
    [InlineData(60, 0, 0, 55, 110)]
    public void Of_Timeout_CountsRestartsOfTheLivingAndDowntimeOfTheDead(double asked, long surely, long atMost, double later, double downtime)
    {
        var kind = Assert.Single(Answer(asked).Kinds);

        Assert.Equal(("test", 5, 1_015, 9.25, 2, null), (kind.Kind, kind.PresentTimeoutSeconds, kind.Gaps, kind.LongestGapSeconds, kind.Silences, kind.Mistakes));
        Assert.Equal((surely, atMost, surely / 2.0), (kind.FalseRestarts, kind.FalseRestartsAtMost, kind.FalseRestartsPerHour));
        Assert.Equal((later, downtime, 5.2), (kind.FoundLaterSeconds, kind.ExtraDowntimeSeconds, kind.MeanSilenceSeconds));
    }

    [Theory]
    [InlineData(8, "cut off by the restart", true)]
    [InlineData(5, "cut off by the restart", false)]
    [InlineData(2.15, "between two bounds (2.1 s and 2.2 s)", true)]
    [InlineData(2, "between two bounds", false)]
    [InlineData(8, "is not known; as many as were alive", true)]
    public void Of_Timeout_SaysWhatItCannotKnow(double asked, string what, bool says) =>
        Assert.Equal(says, Answer(asked).Unknown.Any(u => u.Contains(what, StringComparison.Ordinal)));

    [Fact]
    public void Of_SilencesUnderOtherTimeouts_AreEachFoundLaterByTheirOwn()
    {
        var recorded = new Dictionary<string, long> { ["failed:silent test"] = 2, ["timeoutMs:silent test"] = 8_000, ["mistaken:silent test"] = 0 };

        var kind = Assert.Single(Answer(5, recorded).Kinds);

        Assert.Equal((1, 2, 0, null), (kind.FoundLaterSeconds, kind.ExtraDowntimeSeconds, kind.Mistakes, kind.LongestGapSeconds));
        Assert.DoesNotContain(Answer(5, recorded).Unknown, u => u.Contains("as many as were alive", StringComparison.Ordinal));
    }

    [Fact]
    public void Read_TwoPartitions_AreAddedAndWhatIsNoCounterIsLeftOut()
    {
        var other = new Dictionary<string, long> { ["gap:1000 test"] = 5, ["since test"] = Given.Now.AddHours(-1).ToUnixTimeMilliseconds(), ["gap:x test"] = 7, ["odd"] = 1 };

        var counts = SilenceCounts.Read([Recorded, other]);

        Assert.Equal(1_005, counts["test"].Gaps[1000]);
        Assert.Equal(1_020, counts["test"].Gaps.Values.Sum());
        Assert.Equal(Given.Now.AddHours(-2), counts["test"].CountedSince);
    }

    private static WhatIfAnswer Answer(double asked, Dictionary<string, long>? recorded = null) =>
        WhatIf.Of(TimeSpan.FromSeconds(asked), SilenceCounts.Read([recorded ?? Recorded]), _ => TimeSpan.FromSeconds(5), Given.Now);
}
