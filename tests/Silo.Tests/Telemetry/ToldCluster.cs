using OrleansHealing.Silo.Healing;

namespace OrleansHealing.Silo.Telemetry;

/// <summary>
/// Three silos that send to a receiver of OTLP, for the tests of telemetry. An agent that failed on one is started on another, so that
/// a recovery goes over silos.
/// </summary>
public sealed class ToldCluster : IAsyncLifetime
{
    internal OtlpReceiver Receiver { get; private set; } = null!;

    internal SiloCluster Silos { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Receiver = await OtlpReceiver.StartAsync();
        Silos = await SiloCluster.StartAsync(
            StoreKind.Embedded, silos: 3, SiloProgram.WithFaultyKinds with { Environment = Receiver.Environment }, SiloCluster.NoMoves, "--Healing:FailuresPerSilo=1");
    }

    public async ValueTask DisposeAsync()
    {
        await Silos.DisposeAsync();
        await Receiver.DisposeAsync();
    }

    /// <summary>An agent that was crashed twice, so that the second restart had to wait.</summary>
    /// <returns>It, as each of its incarnations.</returns>
    internal async Task<IReadOnlyList<AgentSeen>> CrashTwiceAsync(string id)
    {
        await Silos.SpawnAsync(id, "calls-over-http", new { url = $"{Receiver.Url}/called" }, new { heartbeatSeconds = 0.5, backoff = new { baseSeconds = 0.5 } });
        var seen = new List<AgentSeen> { await Silos.SeeAgentAsync(id, "to be healthy", a => a.Status == "healthy") };
        while (seen.Count < 3)
        {
            await Silos.PostAsync($"/agents/{id}/crash", new { mode = "exception" });
            seen.Add(await Silos.SeeAgentAsync(id, "to beat as the next incarnation", a => a.Status == "healthy" && a.Incarnation == seen[^1].Incarnation + 1));
        }

        return seen;
    }
}

/// <summary>One cluster for all tests of telemetry: three silos take a while to start.</summary>
[CollectionDefinition(nameof(ToldClusterTests))]
public sealed class ToldClusterTests : ICollectionFixture<ToldCluster>;
