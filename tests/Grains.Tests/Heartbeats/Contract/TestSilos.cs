using OrleansHealing.Agents;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Heartbeats.Contract;

/// <summary>A cluster of hosts that are not silos, so that none of them can be to blame for silence; some can be declared dead.</summary>
internal sealed class TestSilos : ISiloDirectory
{
    public HashSet<string> Dead { get; } = [];

    public LocalSilo Self { get; } = new("here", "here");

    public bool IsSilo(string host) => false;

    public Task<IReadOnlySet<string>> DeadAsync(IReadOnlyList<string> hosts) =>
        Task.FromResult<IReadOnlySet<string>>(hosts.Where(Dead.Contains).ToHashSet());

    public Task BuryAsync(string host, string why) => throw new NotSupportedException();

    public Task<IReadOnlyDictionary<string, string>> NamesAsync() =>
        Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string>());
}
