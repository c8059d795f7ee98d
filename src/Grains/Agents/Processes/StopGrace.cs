namespace OrleansHealing.Agents.Processes;

/// <summary>How the grace of a body is divided: most of it is the process's, and the rest is for the end of those that do not leave. Pure.</summary>
internal static class StopGrace
{
    private const double Share = 0.8;
    private static readonly TimeSpan MostForTheEnd = TimeSpan.FromSeconds(1);

    /// <summary>From SIGTERM to SIGKILL.</summary>
    public static TimeSpan OfProcess(TimeSpan ofBody)
    {
        var rest = ofBody * (1 - Share);
        return ofBody - (rest < MostForTheEnd ? rest : MostForTheEnd);
    }
}
