using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansHealing.Agents;
using OrleansHealing.Backends;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Hosting;

namespace OrleansHealing.Tests.Backends.Contract;

/// <summary>
/// Orders of a real supervisor, for bodies that run only what was granted: what it orders is carried out by nobody, and kept for the test
/// to give.
/// </summary>
internal sealed class GrantedOrders
{
    private static readonly PolicySettings Patient = new() { HeartbeatSeconds = 1, TimeoutSeconds = 60, StartupSeconds = 60 };
    private readonly ConcurrentQueue<AgentStart> _orders = new();

    /// <summary>Has the orders for a kind that has bodies kept here.</summary>
    public void Keep(HealingBuilder healing, string kind)
    {
        healing.Services.TryAddSingleton(this);
        healing.Services.AddSingleton(new BackendRegistration(kind, typeof(Keeper)));
    }

    /// <summary>Has the orders for a kind kept here that no silo has a body for.</summary>
    public void KeepWithoutBody(HealingBuilder healing, string kind)
    {
        healing.Services.TryAddSingleton(this);
        healing.AddBackend<Keeper>(kind);
    }

    /// <summary>The next incarnation, ordered by a person.</summary>
    public async Task<AgentStart> NextAsync(HealingCluster cluster, AgentId id, string kind, string settings)
    {
        var known = _orders.Where(o => o.Definition.Id == id).Select(o => o.Incarnation).DefaultIfEmpty().Max();
        var result = known is 0
            ? await cluster.Fleet.SpawnAsync(new AgentDefinition { Id = id, Kind = kind, Settings = AgentSettings.Parse(settings), Policy = Patient }, "anna")
            : await cluster.Fleet.CommandAsync(id, new AgentCommand(CommandKind.Restart, "anna"));
        Assert.True(result.Outcome is CommandOutcome.Ok, result.ToString());
        AgentStart? next = null;
        await HealingCluster.UntilAsync(
            $"'{id}': an order for incarnation {known + 1}", () => (next = _orders.FirstOrDefault(o => o.Definition.Id == id && o.Incarnation > known)) is not null);
        return next!;
    }

    private sealed class Keeper(GrantedOrders orders) : IRestartBackend
    {
        public Task StartAsync(AgentStart start, CancellationToken cancellationToken)
        {
            orders._orders.Enqueue(start);
            return Task.CompletedTask;
        }

        public Task StopAsync(AgentStop stop, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
