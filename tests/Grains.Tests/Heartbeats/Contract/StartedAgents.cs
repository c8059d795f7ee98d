using OrleansHealing.Agents;
using OrleansHealing.Backends;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Heartbeats.Contract;

/// <summary>Takes note of the starts that are ordered.</summary>
internal sealed class StartedAgents : IBackendOrders
{
    private readonly List<AgentStart> _orders = [];

    public IReadOnlyList<AgentId> Started
    {
        get
        {
            lock (_orders)
            {
                return [.. _orders.Select(o => o.Definition.Id)];
            }
        }
    }

    /// <summary>The starts since the last time.</summary>
    public IReadOnlyList<AgentStart> Take()
    {
        lock (_orders)
        {
            AgentStart[] taken = [.. _orders];
            _orders.Clear();
            return taken;
        }
    }

    public void Start(AgentStart start)
    {
        lock (_orders)
        {
            _orders.Add(start);
        }
    }

    public void Stop(AgentStop stop)
    {
        // A stop is an order that can get lost: the fence alone has to do.
    }
}
