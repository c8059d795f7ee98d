using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using OrleansHealing.Agents;
using OrleansHealing.Backends;
using OrleansHealing.Hosting;
using OrleansHealing.Tests.Heartbeats.Contract;
using OrleansHealing.Tests.Hosting;

namespace OrleansHealing.Tests.Backends.Contract;

/// <summary>Agents that are grains, on two silos.</summary>
internal sealed class GrainStage : IBackendStage
{
    private const string Kind = "noting";
    private const string GoneKind = "gone";
    private readonly GrantedOrders _orders = new();
    private readonly Notes _notes = new();
    private HealingCluster _cluster = null!;

    public IRestartBackend Backend => _cluster.Silos.Silos[0].ServiceProvider.GetRequiredService<GrainRestartBackend>();

    public static async Task<IBackendStage> OpenAsync(GarnetStore store)
    {
        var stage = new GrainStage();
        stage._cluster = await HealingCluster.StartAsync(store, stage.Add, silos: 2);
        return stage;
    }

    public Task<AgentStart> GrantAsync(AgentId id) => _orders.NextAsync(_cluster, id, Kind, "{}");

    public Task<IReadOnlyList<string>> HistoryAsync(AgentId id) => Task.FromResult<IReadOnlyList<string>>([.. _notes.Of(id)]);

    /// <summary>Of a kind that the silo does not have which it is ordered on.</summary>
    public async Task<(AgentStart Order, string Named)> GrantMissingAsync(AgentId id) => (await _orders.NextAsync(_cluster, id, GoneKind, "{}"), $"'{GoneKind}'");

    /// <summary>Told by the body's own silo, since the order is done once the grain has it.</summary>
    public async Task<string> FailureAsync(AgentStart order)
    {
        await Backend.StartAsync(order, TestContext.Current.CancellationToken);
        return (await _cluster.SeeAsync(order.Definition.Id, "to have failed", a => a.LastFailure is not null)).LastFailure!.Message;
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private void Add(HealingBuilder healing)
    {
        healing.Services.AddSingleton(_notes);
        _orders.Keep(healing.AddAgent<Noting>(Kind), Kind);
        _orders.KeepWithoutBody(healing, GoneKind);
    }

    private sealed class Notes
    {
        private readonly ConcurrentQueue<(AgentId Id, string Text)> _all = new();

        public void Add(AgentId id, string text) => _all.Enqueue((id, text));

        public IEnumerable<string> Of(AgentId id) => _all.Where(n => n.Id == id).Select(n => n.Text);
    }

    private sealed class Noting(Notes notes) : IWorkerAgent
    {
        public async Task RunAsync(AgentContext context, CancellationToken cancellationToken)
        {
            notes.Add(context.Id, $"{context.Incarnation} begins");
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, context.TimeProvider, cancellationToken);
            }
            finally
            {
                notes.Add(context.Id, $"{context.Incarnation} ends");
            }
        }
    }
}
