namespace OrleansHealing.Backends;

/// <summary>How long an order to something outside the cluster may take: one rule for all of them.</summary>
internal static class OrderTimeout
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Most = TimeSpan.FromMinutes(10);

    /// <summary>What is wrong with an option of this name; null when it is right.</summary>
    public static string? Fault(string property, TimeSpan timeout) =>
        timeout < Least || timeout > Most ? $"{property} must be {Least} to {Most} (it is {timeout})." : null;
}
