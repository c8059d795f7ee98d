using OrleansHealing.Backends.Docker;

namespace OrleansHealing.Tests.Backends.Docker;

/// <summary>What is done next with a container, by what it was told and what became of it. A note of incarnation 7 was written when it had been started at "a".</summary>
public sealed class DockerStepsTests
{
    [Theory]

    // It was never told anything.
    [InlineData(0, "created", "a", 7, nameof(DockerStep.Start))]
    [InlineData(0, "running", "a", 7, nameof(DockerStep.Stop))]
    [InlineData(0, "paused", "a", 7, nameof(DockerStep.Kill))]

    // It was told an older one.
    [InlineData(7, "exited", "b", 8, nameof(DockerStep.Start))]
    [InlineData(7, "exited", "a", 8, nameof(DockerStep.Start))]
    [InlineData(7, "running", "b", 8, nameof(DockerStep.Stop))]
    [InlineData(7, "paused", "b", 8, nameof(DockerStep.Kill))]

    // It was told this one, and started since.
    [InlineData(7, "running", "b", 7, nameof(DockerStep.Nothing))]
    [InlineData(7, "paused", "b", 7, nameof(DockerStep.Thaw))]
    [InlineData(7, "exited", "b", 7, nameof(DockerStep.TellEnd))]

    // It was told this one, and whoever did so came no further; what runs was started by somebody else, before.
    [InlineData(7, "exited", "a", 7, nameof(DockerStep.Start))]
    [InlineData(7, "running", "a", 7, nameof(DockerStep.Stop))]
    [InlineData(7, "paused", "a", 7, nameof(DockerStep.Kill))]

    // It was told a newer one.
    [InlineData(7, "running", "b", 6, nameof(DockerStep.RefuseAsOlder))]
    [InlineData(7, "exited", "b", 6, nameof(DockerStep.RefuseAsOlder))]
    [InlineData(7, "exited", "a", 6, nameof(DockerStep.RefuseAsOlder))]
    public void ToStart_EveryCase_TakesTheStep(long told, string state, string startedAt, long incarnation, string step) =>
        Assert.Equal(Enum.Parse<DockerStep>(step), DockerSteps.ToStart(Container(state, startedAt), Note(told), incarnation));

    [Theory]
    [InlineData(0, "running", 7, nameof(DockerStep.Nothing))]
    [InlineData(7, "running", 7, nameof(DockerStep.Stop))]
    [InlineData(7, "running", 9, nameof(DockerStep.Stop))]
    [InlineData(7, "running", 6, nameof(DockerStep.Nothing))]
    [InlineData(7, "paused", 7, nameof(DockerStep.Kill))]
    [InlineData(7, "paused", 6, nameof(DockerStep.Nothing))]
    [InlineData(7, "exited", 7, nameof(DockerStep.Nothing))]
    public void ToStop_EveryCase_TakesTheStep(long told, string state, long incarnation, string step) =>
        Assert.Equal(Enum.Parse<DockerStep>(step), DockerSteps.ToStop(Container(state, "b"), Note(told), incarnation));

    [Theory]
    [InlineData("exited", "b", true)]
    [InlineData("exited", "a", false)]
    [InlineData("running", "b", false)]
    [InlineData("paused", "b", false)]
    public void HasEnded_EveryCase_IsSoOnlyOfWhatWasStarted(string state, string startedAt, bool expected) =>
        Assert.Equal(expected, DockerSteps.HasEnded(Container(state, startedAt), Note(7)!));

    internal static DockerNote? Note(long told) => told is 0 ? null : new DockerNote
    {
        Agent = "worker",
        Container = "c1",
        Incarnation = told,
        FirstIncarnation = 2,
        HeartbeatSeconds = 1,
        TimeoutSeconds = 5,
        StartupSeconds = 15,
        StopSeconds = 5,
        StartedBefore = "a",
        EndedBefore = "never",
        Labels = new Dictionary<string, string> { ["team"] = "a" },
    };

    private static DockerContainer Container(string state, string startedAt) => new()
    {
        Id = "c1",
        Name = "worker",
        StartedAt = startedAt,
        IsRunning = state is "running" or "paused",
        IsPaused = state is "paused",
    };
}
