namespace OrleansHealing.Silo.Hosting;

/// <summary>A port that was asked for by number is not to be had, or there is none left to choose.</summary>
internal sealed class PortTakenException(string message) : Exception(message);
