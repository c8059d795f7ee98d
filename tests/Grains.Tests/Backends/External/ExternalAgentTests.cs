using OrleansHealing.Agents;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Alerts;
using OrleansHealing.Tests.Heartbeats.Contract;
using OrleansHealing.Tests.Hosting;

namespace OrleansHealing.Tests.Backends.External;

/// <summary>An agent that something else runs: told by a webhook to start, heard over HTTP, and restarted when it falls silent.</summary>
public sealed class ExternalAgentTests(GarnetStore store) : IAsyncLifetime
{
    private static readonly AgentId Id = AgentId.Parse("outsider");
    private static readonly PolicySettings Quick = new() { TimeoutSeconds = 2, HeartbeatSeconds = 0.1, StartupSeconds = 6 };
    private ReceiverOfAlerts _receiver = null!;
    private HealingCluster _cluster = null!;

    public async ValueTask InitializeAsync()
    {
        _receiver = await ReceiverOfAlerts.OpenAsync();
        _cluster = await HealingCluster.StartAsync(
            store, healing => healing.AddExternalAgents(o => (o.Url, o.Key) = (_receiver.Url, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")), silos: 1);
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Fact]
    public async Task Agent_ThatFallsSilent_IsOrderedAgainUnderTheNextIncarnationAndRefusalsCount()
    {
        await _cluster.Fleet.SpawnAsync(new AgentDefinition { Id = Id, Kind = ExternalAgentExtensions.Kind, Policy = Quick }, "anna");
        await HealingCluster.UntilAsync("its first order", () => !_receiver.Requests.IsEmpty);
        Assert.Equal((1, $"{_cluster.Prefix}/outsider/1/start"), (Ordered(), _receiver.Requests.First().Headers["webhook-id"]));
        Assert.Equal(CommandOutcome.Ok, (await _cluster.Fleet.HeartbeatAsync(Id, new(1))).Outcome);
        await _cluster.SeeAsync(Id, "to be healthy", a => a.Status is AgentStatus.Healthy);

        _receiver.Otherwise = ReceiverOfAlerts.Status(404);
        var failed = await _cluster.SeeAsync(Id, "to have failed at its start", a => a.LastFailure?.Reason is FailureReason.StartFailed);

        Assert.Contains("answered with 404", failed.LastFailure!.Message, StringComparison.Ordinal);
        Assert.Equal(CommandOutcome.Conflict, (await _cluster.Fleet.HeartbeatAsync(Id, new(1))).Outcome);
        _receiver.Otherwise = ReceiverOfAlerts.Status(200);
        await HealingCluster.UntilAsync("a beat of the incarnation that was ordered last", async () => (await _cluster.Fleet.HeartbeatAsync(Id, new(Ordered()))).Outcome is CommandOutcome.Ok);
        await _cluster.SeeAsync(Id, "to be healthy again", a => a.Status is AgentStatus.Healthy && a.Incarnation > failed.Incarnation);
    }

    private long Ordered() => (long)_receiver.Requests.Last().Json["data"]!["incarnation"]!;
}
