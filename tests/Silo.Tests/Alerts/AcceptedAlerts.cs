using OrleansHealing.Tests.Alerts;

namespace OrleansHealing.Silo.Alerts;

/// <summary>What a receiver of webhooks took, in the words of its alerts.</summary>
internal static class AcceptedAlerts
{
    public static Task SeeAsync(this ReceiverOfAlerts receiver, string about, int firing, int resolved) => Eventually.SeeAsync(
        $"{firing} firing and {resolved} resolved about {about}",
        () => Task.FromResult(string.Join(", ", receiver.Accepted.Where(a => a.Key.Contains(about, StringComparison.Ordinal)).Select(a => a.State).Order())),
        seen => seen == string.Join(", ", Enumerable.Repeat("firing", firing).Concat(Enumerable.Repeat("resolved", resolved))));

    public static Task SeeTriedAsync(this ReceiverOfAlerts receiver, string about) => Eventually.TrueAsync(
        $"an attempt to tell of {about}", () => receiver.Requests.Any(r => ((string)r.Json["data"]!["key"]!).Contains(about, StringComparison.Ordinal)));
}
