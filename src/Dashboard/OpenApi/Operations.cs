namespace OrleansHealing.Dashboard.OpenApi;

/// <summary>Every route of the API. A test holds the list against what is mapped.</summary>
internal static class Operations
{
    public static IReadOnlyList<Operation> All { get; } = [.. ReadOperations.All, .. AgentOperations.All, .. FleetOperations.All, .. AlertOperations.All];
}
