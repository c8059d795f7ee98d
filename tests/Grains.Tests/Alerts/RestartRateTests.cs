using OrleansHealing.Alerts;

namespace OrleansHealing.Tests.Alerts;

public sealed class RestartRateTests
{
    [Fact]
    public void At_OverFiveMinutes_IsWhatCameInThemAMinute()
    {
        var rate = new RestartRate(10);
        for (var second = 0; second < 600; second++)
        {
            rate.Note(TimeSpan.FromSeconds(second));
        }

        Assert.Equal(60, rate.At(TimeSpan.FromSeconds(599)), 2.0);
        Assert.Equal(30, rate.At(TimeSpan.FromSeconds(600 + 150)), 2.0);
        Assert.Equal(0, rate.At(TimeSpan.FromSeconds(600 + 300)));
        Assert.Equal(0, rate.At(TimeSpan.FromDays(30)));
    }
}
