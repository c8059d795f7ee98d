using OrleansHealing.Agents;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Input;

/// <summary>What people write: the API's bodies and the console's files. A test holds them against the records that they are read into.</summary>
internal static class Shapes
{
    /// <summary>The store's scripts count in doubles.</summary>
    private const long MaxIncarnation = 1L << 53;

    public static readonly Shape Backoff = Shape.Object(
        new("baseSeconds", Shape.Number),
        new("factor", Shape.Number),
        new("maxSeconds", Shape.Number),
        new("jitter", Shape.Number));

    public static readonly Shape Policy = Shape.Object(
        new("restart", Word<RestartPolicy>()),
        new("maxRestarts", Shape.WholeNumber),
        new("heartbeatSeconds", Shape.Number),
        new("timeoutSeconds", Shape.Number),
        new("progressTimeoutSeconds", Shape.Number),
        new("stableSeconds", Shape.Number),
        new("startupSeconds", Shape.Number),
        new("stopSeconds", Shape.Number),
        new("maxExpectedSilenceSeconds", Shape.Number),
        new("failuresPerCheckpoint", Shape.WholeNumber),
        new("backoff", Backoff));

    public static readonly Shape Group = Shape.Object(
        new("name", Shape.TextThat(text => AgentId.TryParse(text, out _) ? null : $"{AgentId.Rule} (it is '{Texts.Shorten(text)}')"), IsRequired: true),
        new("restart", Word<GroupRestart>(), IsRequired: true),
        new("order", Shape.WholeNumber),
        new("maxRestarts", Shape.WholeNumber),
        new("periodSeconds", Shape.Number));

    public static readonly Shape Definition = Shape.Object(
        new("id", Shape.TextThat(text => AgentId.TryParse(text, out _) ? null : $"{AgentId.Rule} (it is '{Texts.Shorten(text)}')"), IsRequired: true),
        new("kind", Shape.TextThat(Kind), IsRequired: true),
        new("settings", Shape.AnyObject),
        new("labels", Shape.MapOf(Shape.Text)),
        new("policy", Policy),
        new("group", Group));

    public static readonly Shape Crash = Shape.Object(new Member("mode", Word<CrashMode>(), IsRequired: true));

    public static readonly Shape Heartbeat = Shape.Object(
        new("incarnation", Shape.PositiveTo(MaxIncarnation), IsRequired: true),
        new("progress", Shape.Any),
        new("expectedSilenceSeconds", Shape.NotNegative()));

    /// <summary>The same by a pipe, whose reader knows whose it is.</summary>
    public static readonly Shape PipedHeartbeat = Shape.Object(
        new("incarnation", Shape.PositiveTo(MaxIncarnation)),
        new("progress", Shape.Any),
        new("expectedSilenceSeconds", Shape.NotNegative()));

    /// <summary>A checkpoint of a body outside of its silo's process.</summary>
    public static readonly Shape Checkpoint = Shape.Object(
        new("incarnation", Shape.PositiveTo(MaxIncarnation), IsRequired: true),
        new("state", Shape.AnyButNull, IsRequired: true));

    public static readonly Shape Order = Shape.Object(new Member("reason", Reason()));

    public static readonly Shape Pause = Shape.Object(new("forSeconds", Shape.OverZeroTo(CommandRules.MaxPause.TotalSeconds)), new("reason", Reason()));

    public static readonly Shape Maintenance = Shape.Object(
        new("all", Shape.True),
        new("labels", Shape.MapOf(Shape.Text)),
        new("forSeconds", Shape.OverZeroTo(CommandRules.MaxPause.TotalSeconds)),
        new("reason", Reason()));

    private static Shape Reason() => Shape.TextThat(text => CommandRules.TooLong(text, CommandRules.MaxReasonLength));

    private static string? Kind(string text) =>
        text is "" ? "must name a kind (it is empty)" : CommandRules.TooLong(text, AgentDefinition.MaxKindLength);

    private static Shape Word<T>()
        where T : struct, Enum =>
        Shape.TextThat(text => Words.TryParse<T>(text, out _) ? null : $"must be one of {Words.List<T>()} (it is '{Texts.Shorten(text)}')");
}
