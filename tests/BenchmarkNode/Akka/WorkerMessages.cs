using Akka.Cluster.Sharding;

namespace OrleansHealing.BenchmarkNode.Akka;

/// <summary>Starts a worker that is not there; answered with true.</summary>
internal sealed record Spawn(string Worker);

/// <summary>Crashes a worker.</summary>
internal sealed record Crash(string Worker);

/// <summary>Which worker a message is for. Thirty shards: ten for each of three nodes, as the documentation advises.</summary>
internal sealed class WorkerMessages() : HashCodeMessageExtractor(30)
{
    public override string? EntityId(object message) => message switch
    {
        Spawn spawn => spawn.Worker,
        Crash crash => crash.Worker,
        _ => null,
    };
}
