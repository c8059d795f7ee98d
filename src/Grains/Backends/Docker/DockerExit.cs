using OrleansHealing.Agents.Processes;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;

namespace OrleansHealing.Backends.Docker;

/// <summary>What the end of a container says of its incarnation, as that of a process does. Pure.</summary>
internal static class DockerExit
{
    /// <summary>The report of it.</summary>
    /// <param name="container">The container, which has ended.</param>
    /// <param name="incarnation">What it ran.</param>
    /// <param name="hasBegun">Whether that was ever heard.</param>
    /// <param name="lastWords">What it last wrote to stderr.</param>
    /// <param name="at">When it is told.</param>
    public static IncarnationReport Report(DockerContainer container, long incarnation, bool hasBegun, string lastWords, DateTimeOffset at)
    {
        var reason = container switch
        {
            { ExitCode: 0 } => FailureReason.Exited,
            { ExitCode: ExitStatus.WrongConfiguration } => FailureReason.Fatal,
            { IsOutOfMemory: true } => FailureReason.OutOfMemory,
            _ => hasBegun ? FailureReason.Crashed : FailureReason.StartFailed,
        };
        var how = reason is FailureReason.OutOfMemory
            ? FormattableString.Invariant($"ran out of memory, and was ended with status {container.ExitCode}")
            : ExitStatus.Describe((int)container.ExitCode);
        var when = hasBegun ? "" : " before its first heartbeat";
        var said = lastWords.Length > 0 ? $"; it last said on stderr: {lastWords}" : "; it said nothing on stderr";
        var message = $"The container '{container.Name}' {how}{when}{said}";
        return IncarnationReport.Failed(incarnation, reason, reason is FailureReason.Fatal ? $"{message} (78 is EX_CONFIG: no restart helps)" : message, at) with
        {
            Kind = reason is FailureReason.Exited ? ReportKind.Returned : ReportKind.Failed,
            Host = ExternalBeats.Host,
        };
    }
}
