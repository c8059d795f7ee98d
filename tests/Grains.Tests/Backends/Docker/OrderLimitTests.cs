using Microsoft.Extensions.Time.Testing;
using OrleansHealing.Agents;
using OrleansHealing.Backends;
using OrleansHealing.Backends.Docker;

namespace OrleansHealing.Tests.Backends.Docker;

/// <summary>How long an order may take, and whose turn it is.</summary>
public sealed class OrderLimitTests
{
    private static readonly AgentId Id = AgentId.Parse("worker");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Token_OfAnOrderWithoutAGrace_IsCancelledAtItsLimit()
    {
        var time = new FakeTimeProvider();
        using var limit = new OrderLimit(TimeSpan.FromSeconds(10), time, Token);
        time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(limit.Token.IsCancellationRequested);

        time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal((true, 10.0), (limit.Token.IsCancellationRequested, limit.Allowed.TotalSeconds));
    }

    [Fact]
    public void Token_OfAnOrderThatWaitsForAProgramToLeave_IsCancelledThatMuchLater()
    {
        var time = new FakeTimeProvider();
        using var limit = new OrderLimit(TimeSpan.FromSeconds(10), time, Token);
        time.Advance(TimeSpan.FromSeconds(4));

        limit.Add(TimeSpan.FromSeconds(5));

        time.Advance(TimeSpan.FromSeconds(10.9));
        Assert.False(limit.Token.IsCancellationRequested);
        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal((true, 15.0), (limit.Token.IsCancellationRequested, limit.Allowed.TotalSeconds));
    }

    [Fact]
    public async Task Enter_WhileAnotherOrderForTheAgentIsCarriedOut_WaitsForItsEnd()
    {
        var locks = new AgentLocks();
        var first = await locks.EnterAsync(Id, Token);
        var second = locks.EnterAsync(Id, Token);
        using var other = await locks.EnterAsync(AgentId.Parse("another"), Token);
        Assert.False(second.IsCompleted);

        first.Dispose();

        (await second).Dispose();
    }

    [Fact]
    public async Task Enter_GivenUp_LeavesTheTurnToTheNext()
    {
        var locks = new AgentLocks();
        var first = await locks.EnterAsync(Id, Token);
        using var cancellation = new CancellationTokenSource();
        var second = locks.EnterAsync(Id, cancellation.Token);
        var third = locks.EnterAsync(Id, Token);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        first.Dispose();
        (await third).Dispose();
    }
}
