using System.Text.Json;
using OrleansHealing.Agents;

namespace OrleansHealing.Tests.Agents.BuiltIn;

/// <summary>Keeps the newest checkpoint as the JSON that a store would hold.</summary>
internal sealed class MemoryCheckpoints : ICheckpoints
{
    public string? Json { get; set; }

    public int Saves { get; private set; }

    /// <summary>Called before each save with its number, 1 upward; what it throws refuses the save.</summary>
    public Action<int>? OnSave { get; set; }

    public Task<T?> LoadAsync<T>(CancellationToken cancellationToken = default) =>
        Task.FromResult(Json is null ? default : JsonSerializer.Deserialize<T>(Json));

    public Task SaveAsync<T>(T state, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Saves++;
        OnSave?.Invoke(Saves);
        Json = JsonSerializer.Serialize(state);
        return Task.CompletedTask;
    }
}
