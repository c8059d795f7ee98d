using CsCheck;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Supervision;

public sealed class BackoffTests
{
    private static readonly Backoff Default = Given.Policy.Backoff;

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 4)]
    [InlineData(3, 8)]
    [InlineData(4, 16)]
    [InlineData(5, 32)]
    [InlineData(6, 60)]
    [InlineData(7, 60)]
    [InlineData(1_000, 60)]
    [InlineData(int.MaxValue, 60)]
    public void DelayBeforeJitter_OfTheNthFailure_IsTheTable(int failures, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Default.DelayBeforeJitter(failures));

    [Theory]
    [InlineData(0.0, 3.6)]
    [InlineData(0.5, 4.0)]
    [InlineData(0.75, 4.2)]
    public void Delay_OfTheSecondFailure_IsSpreadByTheRandomNumber(double random, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Default.Delay(2, random));

    [Fact]
    public void Delay_OfAnyFailure_StaysWithinTheJitter() => Gen.Select(Gen.Int[1, int.MaxValue], Gen.Double[0, 1]).Sample((failures, random) =>
    {
        var plain = Default.DelayBeforeJitter(failures);

        Assert.InRange(Default.Delay(failures, random), plain * 0.9, plain * 1.1);
    });

    [Fact]
    public void DelayBeforeJitter_WithMoreFailures_NeverShrinks() =>
        Gen.Select(Gen.Double[0, 100], Gen.Double[1, 100], Gen.Double[0, 1_000], Gen.Int[1, 10_000]).Sample((wait, factor, more, failures) =>
        {
            var backoff = new Backoff { Base = TimeSpan.FromSeconds(wait), Factor = factor, Max = TimeSpan.FromSeconds(wait + more), Jitter = 0 };

            Assert.True(backoff.DelayBeforeJitter(failures) <= backoff.DelayBeforeJitter(failures + 1));
            Assert.InRange(backoff.DelayBeforeJitter(failures), TimeSpan.Zero, backoff.Max);
        });

    [Fact]
    public void Delay_WithoutABase_IsNone() =>
        Assert.Equal(TimeSpan.Zero, (Default with { Base = TimeSpan.Zero }).Delay(int.MaxValue, 0.99));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Delay_OfNoFailure_IsRefused(int failures) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Default.Delay(failures, 0.5));
}
