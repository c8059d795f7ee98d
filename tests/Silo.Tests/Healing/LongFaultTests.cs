namespace OrleansHealing.Silo.Healing;

/// <summary>Faults at the length that RELIABILITY.md speaks of. They last side by side, each in a cluster of its own.</summary>
public sealed class LongFaultTests(LongFaults faults) : IClassFixture<LongFaults>
{
    [Theory(Explicit = true), CombinedStores]
    public Task SupervisorsSiloFrozenForAMinute_ItsAgentsBeatElsewhereAndNothingOfItIsTakenAfterwards(StoreKind store) =>
        faults.OfFrozenSilo(store).SeeAsync();

    [Fact(Explicit = true)]
    public Task RedisGoneForHalfAMinute_NobodyFailsAndWhoDiedMeanwhileIsNoticedAfterwards() => faults.OfLostStore.SeeAsync();
}
