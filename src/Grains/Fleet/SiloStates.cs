using OrleansHealing.Hosting;

namespace OrleansHealing.Fleet;

/// <summary>The cluster's membership in the words that people see.</summary>
internal static class SiloStates
{
    /// <summary>The state of a silo that works, where a person wants it drained.</summary>
    public static SiloState Of(SiloState state, SiloDrain? drain, long agents) =>
        state is not SiloState.Active || drain is null ? state : agents > 0 ? SiloState.Draining : SiloState.Drained;

    /// <summary>The state of the silo at <paramref name="address"/>; dead when that is no silo's address at all.</summary>
    public static SiloState Of(IClusterMembershipService membership, string address) =>
        SiloAddresses.TryParse(address, out var parsed) ? Of(membership.CurrentSnapshot.GetSiloStatus(parsed)) : SiloState.Dead;

    private static SiloState Of(SiloStatus status) => status switch
    {
        SiloStatus.Active => SiloState.Active,
        SiloStatus.Created or SiloStatus.Joining => SiloState.Joining,
        SiloStatus.ShuttingDown or SiloStatus.Stopping => SiloState.Stopping,
        _ => SiloState.Dead,
    };
}
