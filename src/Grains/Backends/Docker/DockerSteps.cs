namespace OrleansHealing.Backends.Docker;

/// <summary>Which step is next. Pure.</summary>
internal static class DockerSteps
{
    /// <summary>Towards a container that runs the incarnation, and nothing older.</summary>
    public static DockerStep ToStart(DockerContainer container, DockerNote? note, long incarnation)
    {
        if (note?.Incarnation > incarnation)
        {
            return DockerStep.RefuseAsOlder;
        }

        var wasStarted = note?.Incarnation == incarnation && note.StartedBefore != container.StartedAt;
        return container switch
        {
            { IsPaused: true } => wasStarted ? DockerStep.Thaw : DockerStep.Kill,
            { IsRunning: true } => wasStarted ? DockerStep.Nothing : DockerStep.Stop,
            _ => wasStarted ? DockerStep.TellEnd : DockerStep.Start,
        };
    }

    /// <summary>Towards a container that runs neither the incarnation nothing older. What was never told an incarnation was not started here.</summary>
    public static DockerStep ToStop(DockerContainer container, DockerNote? note, long incarnation) => container switch
    {
        _ when note is null || note.Incarnation > incarnation => DockerStep.Nothing,
        { IsPaused: true } => DockerStep.Kill,
        { IsRunning: true } => DockerStep.Stop,
        _ => DockerStep.Nothing,
    };

    /// <summary>Whether the incarnation of the note was started and has ended.</summary>
    public static bool HasEnded(DockerContainer container, DockerNote note) => !container.IsRunning && note.StartedBefore != container.StartedAt;
}
