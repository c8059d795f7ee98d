namespace OrleansHealing.Silo.Healing;

/// <summary>One silo with the faulty kinds on the embedded store, for the tests of a class.</summary>
public sealed class FaultySilo : IAsyncLifetime
{
    internal SiloCluster Cluster { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Cluster = await SiloCluster.StartAsync(StoreKind.Embedded, silos: 1, SiloProgram.WithFaultyKinds);

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();
}
