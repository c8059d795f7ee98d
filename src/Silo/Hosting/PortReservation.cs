namespace OrleansHealing.Silo.Hosting;

/// <summary>A port that no other silo of this machine takes while this is held.</summary>
internal sealed class PortReservation(int port, FileStream held) : IDisposable
{
    /// <summary>The port.</summary>
    public int Port => port;

    /// <summary>Gives it back. The system does so as well when the process ends, however it ends.</summary>
    public void Dispose() => held.Dispose();
}
