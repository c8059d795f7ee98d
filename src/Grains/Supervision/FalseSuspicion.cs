using OrleansHealing.Serialization;

namespace OrleansHealing.Supervision;

/// <summary>An incarnation that was given up on for want of signs of life, although it lived.</summary>
/// <param name="Reason">What it was given up on for.</param>
/// <param name="Since">From when on it was taken for dead.</param>
internal sealed record FalseSuspicion(FailureReason Reason, DateTimeOffset Since)
{
    private static readonly FailureReason[] Suspicions = [FailureReason.Silent, FailureReason.SiloLost, FailureReason.Stuck];

    /// <summary>What the log says of an incarnation that has just proved alive; null when it was not given up on for silence.</summary>
    /// <param name="actions">The agent's actions, in any order.</param>
    /// <param name="incarnation">The incarnation that lives.</param>
    /// <param name="gotOnAt">
    /// When its body last got on; null if never. One that was given up on as stuck was known to beat: only that it got on
    /// afterwards shows that it was not.
    /// </param>
    public static FalseSuspicion? Of(IEnumerable<SupervisorAction> actions, long incarnation, DateTimeOffset? gotOnAt)
    {
        var failed = actions.FirstOrDefault(a => a.Action is ActionKind.Failed && a.Incarnation == incarnation);
        if (failed is null || !Words.TryParse<FailureReason>(failed.Reason, out var reason) || !Suspicions.Contains(reason))
        {
            return null;
        }

        var since = failed.At - TimeSpan.FromSeconds(failed.DetectSeconds ?? 0);
        return reason is not FailureReason.Stuck || gotOnAt > failed.At ? new FalseSuspicion(reason, since) : null;
    }
}
