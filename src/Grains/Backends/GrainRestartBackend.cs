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
        // A call is on its way by the time that anybody stops waiting for it.
        cancellationToken.ThrowIfCancellationRequested();
        var grain = grains.GetGrain<IAgentGrain>(start.Definition.Id.Value);
        var silo = await loads.TakeLeastLoadedAsync(start.Definition.Id, start.Incarnation, start.AvoidHost);
        if (silo is not null)
        {
            RequestContext.Set(IPlacementDirector.PlacementHintKey, silo);
            string?[] toLeave = [start.AvoidHost, .. loads.DrainingHosts];
            foreach (var host in toLeave.OfType<string>().Where(h => h != silo.ToParsableString()))
            {
                await grain.LeaveAsync(host).WaitAsync(cancellationToken);
            }
        }

        await grain.StartAsync(start).WaitAsync(cancellationToken);
    }

    public Task StopAsync(AgentStop stop, CancellationToken cancellationToken) =>
        grains.GetGrain<IAgentGrain>(stop.AgentId.Value).StopAsync(stop).WaitAsync(cancellationToken);
}
