using OrleansHealing.Agents.Processes;

namespace OrleansHealing.Tests.Agents.Processes;

public sealed class HeartbeatLineTests
{
    [Theory]
    [InlineData("", null, null)]
    [InlineData("  \r", null, null)]
    [InlineData("{}", null, null)]
    [InlineData("""{"progress":{"lines":5}}""", """{"lines":5}""", null)]
    [InlineData("""{"progress":0,"expectedSilenceSeconds":300}""", "0", 300.0)]
    [InlineData("""{"progress":null,"expectedSilenceSeconds":null,"incarnation":null}""", null, null)]
    [InlineData("""{"incarnation":7,"expectedSilenceSeconds":1e9}""", null, 604800.0)]
    public void Read_Heartbeat_SaysWhatTheRouteWouldTake(string line, string? progress, double? silence)
    {
        var (beat, fault) = HeartbeatLine.Read(line, 7);

        Assert.Null(fault);
        Assert.Equal((progress, silence), (beat!.Progress?.Text, beat.ExpectedSilence?.TotalSeconds));
    }

    [Theory]
    [InlineData("rubbish", "body must be one JSON value")]
    [InlineData("5", "body must be a JSON object (it is 5)")]
    [InlineData("""{"lines":5}""", "lines is unknown (known: incarnation, progress, expectedSilenceSeconds)")]
    [InlineData("""{"expectedSilenceSeconds":-1}""", "expectedSilenceSeconds must be a number, 0 or more")]
    [InlineData("""{"incarnation":6}""", "it is of incarnation 6, and this is 7")]
    [InlineData("""{"incarnation":0}""", "incarnation must be a whole number from 1")]
    public void Read_AnythingElse_IsNoHeartbeatAndSaysWhy(string line, string why)
    {
        var (beat, fault) = HeartbeatLine.Read(line, 7);

        Assert.Null(beat);
        Assert.StartsWith(why, fault, StringComparison.Ordinal);
    }
}
