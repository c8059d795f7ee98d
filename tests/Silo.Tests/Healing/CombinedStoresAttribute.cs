using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace OrleansHealing.Silo.Healing;

/// <summary>Runs a theory on the embedded store and on a redis-server.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CombinedStoresAttribute : DataAttribute
{
    /// <inheritdoc/>
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([new TheoryDataRow<StoreKind>(StoreKind.Embedded), new TheoryDataRow<StoreKind>(StoreKind.Redis)]);

    /// <inheritdoc/>
    public override bool SupportsDiscoveryEnumeration() => true;
}
