using System.Collections.Concurrent;
using OrleansHealing.Agents;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Heartbeats.Contract;
using OrleansHealing.Tests.Hosting;

namespace OrleansHealing.Tests.Backends;

/// <summary>An agent that fails on one silo alone, for want of a file there, say: it is placed on another one, and works.</summary>
public sealed class AvoidedSiloTests(GarnetStore store)
{
    private static readonly AgentId Id = AgentId.Parse("agent");

    [Fact]
    public async Task Agent_ThatFailsOnOneSiloOnly_IsStartedThereThreeTimesAndThenOnAnotherOne()
    {
        await using var cluster = await HealingCluster.StartAsync(store, healing => healing.AddAgent<FailsOnItsFirstSilo>("particular"), silos: 2);

        await cluster.SpawnAsync(Id, "particular", new PolicySettings { HeartbeatSeconds = 0.2, Backoff = new() { BaseSeconds = 0.05 } });

        var works = await cluster.SeeAsync(Id, "to work", a => a.Status is AgentStatus.Healthy && FailsOnItsFirstSilo.Works.ContainsKey(cluster.Prefix));
        var starts = FailsOnItsFirstSilo.Starts[cluster.Prefix].ToList();
        Assert.Equal((4L, 3, FailureReason.Crashed), (works.Incarnation, works.ConsecutiveFailures, works.LastFailure!.Reason));
        Assert.Equal([1L, 2L, 3L, 4L], starts.Select(s => s.Incarnation));
        Assert.Single(starts.Take(3).Select(s => s.Silo).Distinct());
        Assert.NotEqual(starts[0].Silo, starts[3].Silo);
        Assert.Contains(
            await cluster.Fleet.ActionsAsync(Id, 20),
            a => a.Action is ActionKind.Restarting && a.Incarnation == 4 && a.Details.Contains("where it failed 3 times in a row", StringComparison.Ordinal));
    }

    private sealed class FailsOnItsFirstSilo(ILocalSiloDetails silo) : IWorkerAgent
    {
        public static ConcurrentDictionary<string, ConcurrentQueue<(long Incarnation, string Silo)>> Starts { get; } = [];

        public static ConcurrentDictionary<string, bool> Works { get; } = [];

        public async Task RunAsync(AgentContext context, CancellationToken cancellationToken)
        {
            var cluster = context.Labels["cluster"];
            var starts = Starts.GetOrAdd(cluster, _ => []);
            starts.Enqueue((context.Incarnation, silo.Name));
            starts.TryPeek(out var first);
            if (silo.Name == first.Silo)
            {
                throw new FileNotFoundException("it is not on this machine");
            }

            Works[cluster] = true;
            await Task.Delay(Timeout.InfiniteTimeSpan, context.TimeProvider, cancellationToken);
        }
    }
}
