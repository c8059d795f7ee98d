using System.Collections.Concurrent;
using OrleansHealing.Agents;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Heartbeats.Contract;
using OrleansHealing.Tests.Hosting;

namespace OrleansHealing.Tests.Agents;

/// <summary>The contract of a body, by how it ends, in a cluster on a real store.</summary>
public sealed class AgentEndingsTests(GarnetStore store) : IAsyncLifetime
{
    private static readonly AgentId Id = AgentId.Parse("agent");
    private static readonly PolicySettings Quick = new() { HeartbeatSeconds = 0.2, StopSeconds = 0.2 };
    private HealingCluster _cluster = null!;

    public async ValueTask InitializeAsync() => _cluster = await HealingCluster.StartAsync(
        store,
        healing => healing
            .AddAgent<Fatal>("fatal")
            .AddAgent<Told>("told")
            .AddAgent<Stuck>("stuck")
            .AddAgent<Returns>("returns")
            .AddAgent<Leaves>("leaves")
            .AddAgent<Asks>("asks"));

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task Body_ThatSaysThatNoRestartCanHelp_IsQuarantinedAtOnce()
    {
        await _cluster.SpawnAsync(Id, "fatal", Quick);

        var given = await _cluster.SeeAsync(Id, "to be quarantined", a => a.Status is AgentStatus.Quarantined);

        Assert.Equal((FailureReason.Fatal, 1L, 1), (given.LastFailure!.Reason, given.Incarnation, given.ConsecutiveFailures));
        Assert.Contains("a wrong key", given.LastFailure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Body_ThatIsToldToWait_WaitsForItsResourceAndUsesUpNoBudget()
    {
        await _cluster.SpawnAsync(Id, "told", Quick);

        var waiting = await _cluster.SeeAsync(Id, "to wait", a => a.Status is AgentStatus.BackingOff);

        Assert.Equal((FailureReason.ToldToWait, 0), (waiting.LastFailure!.Reason, waiting.ConsecutiveFailures));
        Assert.True(waiting.NextRestartAt >= waiting.LastFailure.At.AddHours(1), $"{waiting}");
        var actions = await _cluster.Fleet.ActionsAsync(Id, 10);
        Assert.Contains(actions, a => a.Action is ActionKind.BackingOff && a.Details.Contains("account-1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Body_ThatThrowsWhatAStuckStepThrew_IsStuck()
    {
        await _cluster.SpawnAsync(Id, "stuck", Quick);

        var failed = await _cluster.SeeAsync(Id, "to have failed", a => a.LastFailure is not null);

        Assert.Equal(FailureReason.Stuck, failed.LastFailure!.Reason);
    }

    [Theory]
    [InlineData(RestartPolicy.Permanent, AgentStatus.BackingOff, FailureReason.Exited)]
    [InlineData(RestartPolicy.Transient, AgentStatus.Completed, null)]
    [InlineData(RestartPolicy.Temporary, AgentStatus.Completed, null)]
    public async Task Body_ThatReturns_HasDoneItsWorkUnlessItIsPermanent(RestartPolicy restart, AgentStatus status, FailureReason? reason)
    {
        await _cluster.SpawnAsync(Id, "returns", Quick with { Restart = restart });

        var ended = await _cluster.SeeAsync(Id, $"to be {status}", a => a.Status == status);

        Assert.Equal(reason, ended.LastFailure?.Reason);
    }

    [Fact]
    public async Task Pause_OfABody_CancelsItAndIsNoFailure()
    {
        await _cluster.SpawnAsync(Id, "leaves", Quick);
        await _cluster.SeeAsync(Id, "to be healthy", a => a.Status is AgentStatus.Healthy);

        await _cluster.Fleet.CommandAsync(Id, new AgentCommand(CommandKind.Pause, "anna"));

        await HealingCluster.UntilAsync("its body to have left", () => Leaves.Left.ContainsKey(_cluster.Prefix));
        var paused = await _cluster.SeeAsync(Id, "to be paused", a => a.Status is AgentStatus.Paused);
        Assert.Equal((1L, 0, null), (paused.Incarnation, paused.ConsecutiveFailures, paused.LastFailure));
    }

    [Fact]
    public async Task EnsureCurrent_OfABodyThatWasReplaced_Throws()
    {
        await _cluster.SpawnAsync(Id, "asks", Quick);
        await HealingCluster.UntilAsync("incarnation 1 to know that it is the current one", () => Asks.Answers.GetValueOrDefault((_cluster.Prefix, 1)) is "current");

        await _cluster.Fleet.CommandAsync(Id, new AgentCommand(CommandKind.Restart, "anna"));

        await HealingCluster.UntilAsync(
            "each incarnation to know what it is",
            () => Asks.Answers.GetValueOrDefault((_cluster.Prefix, 1)) is "fenced" && Asks.Answers.GetValueOrDefault((_cluster.Prefix, 2)) is "current",
            () => string.Join(' ', Asks.Answers));
    }

    private static string PrefixOf(AgentContext context) => context.Labels.GetValueOrDefault("cluster", "");

    private sealed class Fatal : IWorkerAgent
    {
        public Task RunAsync(AgentContext context, CancellationToken cancellationToken) => throw new FatalAgentException("a wrong key");
    }

    private sealed class Told : IWorkerAgent
    {
        public Task RunAsync(AgentContext context, CancellationToken cancellationToken) =>
            throw new RetryAfterException("429", TimeSpan.FromHours(1)) { Resource = "account-1" };
    }

    private sealed class Stuck : IWorkerAgent
    {
        public Task RunAsync(AgentContext context, CancellationToken cancellationToken) => throw new StuckException("a step took longer than its 30 s");
    }

    private sealed class Returns : IWorkerAgent
    {
        public Task RunAsync(AgentContext context, CancellationToken cancellationToken) =>
            context.Incarnation < 3 ? Task.CompletedTask : Task.Delay(Timeout.InfiniteTimeSpan, context.TimeProvider, cancellationToken);
    }

    private sealed class Leaves : IWorkerAgent
    {
        public static ConcurrentDictionary<string, bool> Left { get; } = [];

        public async Task RunAsync(AgentContext context, CancellationToken cancellationToken)
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, context.TimeProvider, cancellationToken);
            }
            finally
            {
                Left[PrefixOf(context)] = true;
            }
        }
    }

    /// <summary>Ignores its cancellation, and asks again and again whether it still is the incarnation, until it is not.</summary>
    private sealed class Asks : IWorkerAgent
    {
        public static ConcurrentDictionary<(string Cluster, long Incarnation), string> Answers { get; } = [];

        public async Task RunAsync(AgentContext context, CancellationToken cancellationToken)
        {
            var key = (PrefixOf(context), context.Incarnation);
            try
            {
                while (context.Incarnation == 1 || !cancellationToken.IsCancellationRequested)
                {
                    await context.EnsureCurrentAsync(CancellationToken.None);
                    Answers[key] = "current";
                    await Task.Delay(TimeSpan.FromMilliseconds(50), context.TimeProvider, CancellationToken.None);
                }
            }
            catch (FencedException)
            {
                Answers[key] = "fenced";
                throw;
            }
        }
    }
}
