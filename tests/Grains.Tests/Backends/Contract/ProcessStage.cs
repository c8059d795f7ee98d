using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OrleansHealing.Agents;
using OrleansHealing.Agents.Processes;
using OrleansHealing.Backends;
using OrleansHealing.Hosting;
using OrleansHealing.Tests.Heartbeats.Contract;
using OrleansHealing.Tests.Hosting;

namespace OrleansHealing.Tests.Backends.Contract;

/// <summary>Agents that are processes, which the grain's backend starts.</summary>
internal sealed class ProcessStage : IBackendStage
{
    private const string Script = """
        trap 'echo "$HEALING_INCARNATION ends" >> "$1"; exit 0' TERM
        echo "$HEALING_INCARNATION begins" >> "$1"
        while :; do sleep 0.05; done
        """;

    private readonly GrantedOrders _orders = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("healing-contract-");
    private HealingCluster _cluster = null!;

    public IRestartBackend Backend => _cluster.Silos.Silos[0].ServiceProvider.GetRequiredService<GrainRestartBackend>();

    public static async Task<IBackendStage> OpenAsync(GarnetStore store)
    {
        var stage = new ProcessStage();
        stage._cluster = await HealingCluster.StartAsync(store, healing =>
        {
            healing.AddProcessAgents();
            stage._orders.Keep(healing, ProcessAgent.Kind);
        });
        return stage;
    }

    public Task<AgentStart> GrantAsync(AgentId id) => GrantAsync(id, "sh", "-c", Script, "sh", NotesOf(id));

    public async Task<IReadOnlyList<string>> HistoryAsync(AgentId id) =>
        File.Exists(NotesOf(id)) ? await File.ReadAllLinesAsync(NotesOf(id), TestContext.Current.CancellationToken) : [];

    public async Task<(AgentStart Order, string Named)> GrantMissingAsync(AgentId id) => (await GrantAsync(id, "no-such-program"), "'no-such-program'");

    /// <summary>Told by the body's own silo, since the order is done once the grain has it.</summary>
    public async Task<string> FailureAsync(AgentStart order)
    {
        await Backend.StartAsync(order, TestContext.Current.CancellationToken);
        return (await _cluster.SeeAsync(order.Definition.Id, "to have failed", a => a.LastFailure is not null)).LastFailure!.Message;
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private string NotesOf(AgentId id) => Path.Combine(_directory.FullName, id.Value);

    private Task<AgentStart> GrantAsync(AgentId id, string command, params string[] arguments) =>
        _orders.NextAsync(_cluster, id, ProcessAgent.Kind, JsonSerializer.Serialize(new { command, arguments }));
}
