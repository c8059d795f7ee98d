namespace OrleansHealing.Alerts;

/// <summary>In memory alone, for what a silo sees while there may be no store to keep it in.</summary>
internal sealed class PassingIncidents : IIncidentKeeper
{
    /// <summary>What people did not want to hear of when the store was last reached.</summary>
    public Quiet Quiet { get; set; } = Quiet.None;

    public Task<IReadOnlyList<Incident>> LoadAsync() => Task.FromResult<IReadOnlyList<Incident>>([]);

    public Task SaveAsync(IReadOnlyCollection<Incident> changed, IReadOnlyCollection<string> forgotten) => Task.CompletedTask;

    public Task<Quiet> QuietAsync() => Task.FromResult(Quiet);
}
