namespace OrleansHealing.Silo.Healing;

/// <summary>One real silo on the embedded store, for the tests of a class.</summary>
public sealed class OneSilo : IAsyncLifetime
{
    internal SiloCluster Cluster { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Cluster = await SiloCluster.StartAsync(StoreKind.Embedded, silos: 1);

    public ValueTask DisposeAsync() => Cluster.DisposeAsync();
}
