namespace OrleansHealing.Client;

/// <summary>A verb cannot go on: the exit code, and the lines that a person reads on stderr.</summary>
internal sealed class VerbFailure(int exitCode, string message, Exception? cause = null) : Exception(message, cause)
{
    public int ExitCode { get; } = exitCode;
}
