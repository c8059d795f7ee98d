using OrleansHealing.Heartbeats;

namespace OrleansHealing.Tests.Heartbeats;

public sealed class GapBucketsTests
{
    [Theory]
    [InlineData(-5, 0)]
    [InlineData(0, 0)]
    [InlineData(99, 90)]
    [InlineData(104, 100)]
    [InlineData(105, 105)]
    [InlineData(1_000, 1_000)]
    [InlineData(7_999, 7_750)]
    [InlineData(8_000, 8_000)]
    [InlineData(9_999_999, 9_750_000)]
    [InlineData(long.MaxValue, 10_000_000)]
    public void IndexOf_Gap_IsTheBucketThatHoldsIt(long gap, long lower) => Assert.Equal(lower, GapBuckets.Bounds[GapBuckets.IndexOf(gap)]);

    [Fact]
    public void Bounds_From100Ms_AreNoFurtherApartThanFivePercent()
    {
        Assert.Equal(GapBuckets.Bounds, GapBuckets.Bounds.Order().Distinct());
        Assert.InRange(GapBuckets.Bounds.Count, 300, 400);
        Assert.All(GapBuckets.Bounds.Where(b => b is >= 100 and < 10_000_000), b => Assert.InRange(GapBuckets.Above(b)!.Value / (double)b, 1.019, 1.0501));
        Assert.Null(GapBuckets.Above(10_000_000));
    }

    [Fact]
    public void Bounds_OfUsualTimeouts_AreExact() =>
        Assert.All(
            (long[])[500, 1_000, 2_000, 2_500, 3_000, 4_000, 5_000, 6_000, 7_000, 7_500, 8_000, 9_000, 10_000, 15_000, 20_000, 30_000, 60_000, 90_000, 120_000, 300_000],
            timeout => Assert.Contains(timeout, GapBuckets.Bounds));
}
