using System.Diagnostics;

namespace OrleansHealing.Silo.Healing;

/// <summary>
/// The silo with the supervisor is frozen for a minute. Its agents beat elsewhere, and when it goes on, with bodies that beat and
/// save as if nothing had happened, the store takes none of it.
/// </summary>
internal static class FrozenSilo
{
    private const int Readers = 8;
    private const int Stubborn = 4;
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(60);

    // So that nothing is left to be decided when it goes on: what is then written of a decision is not by right.
    private static readonly object NeverStable = new { stableSeconds = 600.0, stopSeconds = 1.0 };

    public static async Task PlayAsync(LongFaults.Story story, StoreKind store)
    {
        await using var cluster = await SiloCluster.StartAsync(store, silos: 2, SiloProgram.WithFaultyKinds);
        story.Cluster = cluster;
        await using var records = await StoreRecords.OpenAsync(cluster.StoreConnection);
        await SpawnAsync(cluster);
        var frozen = cluster.Silo(await cluster.SupervisorAsync());
        var other = cluster.Silos.Single(s => s != frozen);
        await using var witness = new Witness(cluster);

        var frozenFor = Stopwatch.StartNew();
        await frozen.FreezeAsync();
        try
        {
            var moved = await Eventually.SeeAsync(
                "every agent to beat on the silo that works",
                () => cluster.AgentsAsync(other),
                all => all.Count(a => a.Status == "healthy" && a.Silo == other.Name) == Readers + Stubborn);
            Assert.All(moved, a => Assert.Equal(0, a.Failures));

            // How long it lasts is the fault itself.
            await Task.Delay(Length - frozenFor.Elapsed, TestContext.Current.CancellationToken);
            var before = await records.ReadAsync();
            await frozen.ThawAsync();
            await frozen.EndedAsync();

            var after = await records.ReadAsync();

            // It did write: one of its bodies was refused, and heard why.
            Assert.Contains("is fenced: a newer one was granted", frozen.Output, StringComparison.Ordinal);
            Assert.Multiple(
                () => Assert.Equal(before.Decided, after.Decided),
                () => Assert.Equal(before.Beating, after.Beating),
                () => Assert.All(moved, a => Assert.All(
                    after.Checkpoints[a.Id].Except(before.Checkpoints[a.Id]), c => Assert.Equal(a.Incarnation, StoreRecords.IncarnationOf(c)))));
            await witness.SawNothingWrongAsync();
        }
        finally
        {
            if (frozen.IsAlive)
            {
                await frozen.ThawAsync();
            }
        }
    }

    private static async Task SpawnAsync(SiloCluster cluster)
    {
        var text = TextFile.Create(cluster.Root, bytes: 2_000_000, seed: 12);
        for (var i = 0; i < Readers; i++)
        {
            await cluster.SpawnAsync($"agent-{i}", "data-processing", new { path = text.Path, linesPerSecond = 20, checkpointEvery = 5 }, NeverStable);
        }

        for (var i = 0; i < Stubborn; i++)
        {
            await cluster.SpawnAsync($"stubborn-{i}", "outlives-itself", new { }, NeverStable);
        }

        await Eventually.SeeAsync(
            "every agent to beat", cluster.AgentsAsync, all => all.Count(a => a.Status == "healthy" && (a.Lines > 0 || a.Steps() > 0)) == Readers + Stubborn);
    }
}
