using OrleansHealing.Alerts;

namespace OrleansHealing.Tests.Alerts;

/// <summary>Keeps what it is given as soon as it is let, and fails as it is told to.</summary>
internal sealed class GatedKeeper : IIncidentKeeper
{
    /// <summary>Awaited before anything is kept.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Thrown by each attempt to keep, or to look who has the say.</summary>
    public Exception? Fault { get; set; }

    public Task<IReadOnlyList<Incident>> LoadAsync() => Task.FromResult<IReadOnlyList<Incident>>([]);

    public async Task SaveAsync(IReadOnlyCollection<Incident> changed, IReadOnlyCollection<string> forgotten)
    {
        await Gate;
        if (Fault is { } fault)
        {
            throw fault;
        }
    }

    public Task<Quiet> QuietAsync() => Task.FromResult(Quiet.None);
}
