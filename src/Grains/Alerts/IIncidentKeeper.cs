namespace OrleansHealing.Alerts;

/// <summary>Where a desk keeps its incidents.</summary>
internal interface IIncidentKeeper
{
    /// <summary>What is kept.</summary>
    Task<IReadOnlyList<Incident>> LoadAsync();

    /// <summary>Keeps what changed, and forgets; with neither, only looks whether this desk still has the say.</summary>
    /// <exception cref="Heartbeats.SupersededException">Another desk has it.</exception>
    Task SaveAsync(IReadOnlyCollection<Incident> changed, IReadOnlyCollection<string> forgotten);

    /// <summary>What nobody is to be told of now.</summary>
    Task<Quiet> QuietAsync();
}
