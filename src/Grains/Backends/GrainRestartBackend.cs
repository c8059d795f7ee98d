using Orleans.Runtime.Placement;
using OrleansHealing.Agents;

namespace OrleansHealing.Backends;

/// <summary>
/// Starts agents as grains. An agent whose grain is active stays where it is, unless it is to leave; any other goes to the silo with the fewest agents,
/// since Orleans's own placement would put nearly all of them on the silo that calls.
/// </summary>
internal sealed class GrainRestartBackend(IGrainFactory grains, SiloLoads loads) : IRestartBackend
{
    public async Task StartAsync(AgentStart start, CancellationToken cancellationToken)
    {
        var grain = grains.GetGrain<IAgentGrain>(start.Definition.Id.Value);
        var silo = await loads.TakeLeastLoadedAsync(start.Definition.Id, start.Incarnation, start.AvoidHost);
        if (start.AvoidHost is { } avoided && silo is not null && silo.ToParsableString() != avoided)
        {
            await grain.LeaveAsync(avoided).WaitAsync(cancellationToken);
        }

        if (silo is not null)
        {
            RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);
        }

        await grain.StartAsync(start).WaitAsync(cancellationToken);
    }

    public Task StopAsync(AgentStop stop, CancellationToken cancellationToken) =>
        grains.GetGrain<IAgentGrain>(stop.AgentId.Value).StopAsync(stop).WaitAsync(cancellationToken);
}
