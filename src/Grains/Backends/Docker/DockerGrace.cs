namespace OrleansHealing.Backends.Docker;

/// <summary>The grace of a stop, of which Docker knows whole seconds. Pure.</summary>
internal static class DockerGrace
{
    private const double MostSeconds = 86_400;

    /// <summary>The next whole number of them, at most a day.</summary>
    public static uint InSeconds(double grace) => double.IsNaN(grace) ? 0 : (uint)Math.Clamp(Math.Ceiling(grace), 0, MostSeconds);
}
