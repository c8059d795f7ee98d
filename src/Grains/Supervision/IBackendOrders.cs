using OrleansHealing.Backends;

namespace OrleansHealing.Supervision;

/// <summary>Takes the supervisor's orders to the backends. What stands behind an order is in the store before it is given, so it may get lost.</summary>
internal interface IBackendOrders
{
    /// <summary>Orders a start, without waiting for it.</summary>
    void Start(AgentStart start);

    /// <summary>Orders a stop, without waiting for it.</summary>
    void Stop(AgentStop stop);
}
