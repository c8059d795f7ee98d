using CsCheck;
using OrleansHealing.Serialization;

namespace OrleansHealing.Tests.Serialization;

public sealed class DurationsTests
{
    [Theory]
    [InlineData("90", 90)]
    [InlineData("0.5", 0.5)]
    [InlineData("90s", 90)]
    [InlineData("30m", 1_800)]
    [InlineData("2h", 7_200)]
    [InlineData("1.5h", 5_400)]
    [InlineData("1h30m", 5_400)]
    [InlineData("3d", 259_200)]
    [InlineData("1d2h3m4s", 93_784)]
    [InlineData("500ms", 0.5)]
    [InlineData("1m500ms", 60.5)]
    public void TryParse_ASpan_IsRead(string text, double seconds)
    {
        Assert.True(Durations.TryParse(text, out var span));
        Assert.Equal(seconds, span.TotalSeconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("h")]
    [InlineData("-2h")]
    [InlineData("2 h")]
    [InlineData("2H")]
    [InlineData("2h3")]
    [InlineData("30m1h")]
    [InlineData("1h2h")]
    [InlineData("1..5h")]
    [InlineData("1e3")]
    [InlineData("5ms1s")]
    [InlineData("5mss")]
    [InlineData("9999999999999d")]
    [InlineData("soon")]
    public void TryParse_AnythingElse_IsRefused(string text) => Assert.False(Durations.TryParse(text, out _));

    [Theory]
    [InlineData(0.25, "250 ms")]
    [InlineData(90, "1 min 30 s")]
    [InlineData(7_200, "2 h")]
    [InlineData(93_784, "1 d 2 h 3 min 4 s")]
    public void ToWords_ASpan_IsSaidInFull(double seconds, string words) => Assert.Equal(words, Durations.ToWords(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void TryParse_WhatWasSaid_IsTheSame() => Gen.Int[1, 100_000_000].Sample(seconds =>
    {
        var span = TimeSpan.FromSeconds(seconds);
        var written = Durations.ToWords(span).Replace("min", "m", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        return Durations.TryParse(written, out var read) && read == span;
    });
}
