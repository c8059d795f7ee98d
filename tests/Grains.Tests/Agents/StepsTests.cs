using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Agents;

public sealed class StepsTests
{
    private static readonly TimeSpan ProgressTimeout = TimeSpan.FromSeconds(10);
    private static readonly SupervisionPolicy Policy = Given.Policy with { ProgressTimeout = ProgressTimeout };
    private readonly FakeTimeProvider _time = new();
    private readonly StoreClock _clock;
    private readonly Promise _promise = new(Given.Incarnation, Given.Host, Policy);
    private readonly Steps _steps;
    private readonly TaskCompletionSource<string> _givenUp = new();

    public StepsTests()
    {
        _clock = new StoreClock(_time, NullLogger<StoreClock>.Instance);
        _clock.Observe(Given.Now, _clock.Monotonic, _clock.Monotonic);
        _steps = new Steps(_promise, Policy, _clock, _time, why =>
        {
            _givenUp.SetResult(why);
            return Task.CompletedTask;
        });
    }

    private static CancellationToken TestEnd => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_StepThatEnds_ReturnsItsResultAndIsProgress()
    {
        _promise.GotOn(_clock.Now, null);
        var step = new TaskCompletionSource<int>();
        var running = _steps.RunAsync(_ => step.Task, null, TestEnd);
        Assert.True(_steps.HasOpen);
        _time.Advance(TimeSpan.FromSeconds(9));
        step.SetResult(42);

        Assert.Equal(42, await running);
        Assert.False(_steps.HasOpen);
        Assert.Equal(_clock.Now, _promise.GotOnAt);
        Assert.False(_promise.HasGivenWay);
    }

    [Fact]
    public async Task Cancel_StepThatHeedsIt_TellsTheBodyWhyAndGivesItTimeAgainOnce()
    {
        var began = _clock.Now;
        _promise.GotOn(began, null);
        var running = _steps.RunAsync(Obeying, null, TestEnd);
        _time.Advance(TimeSpan.FromSeconds(11));

        Assert.True(await _steps.CancelAsync("no progress for 10 s"));

        Assert.Equal("no progress for 10 s", (await Assert.ThrowsAsync<StuckException>(() => running)).Message);
        Assert.True(_promise.HasGivenWay);
        Assert.Equal((began, _clock.Now + ProgressTimeout), (_promise.GotOnAt, _promise.StuckSince));
        _promise.GotOn(_clock.Now, null);
        Assert.False(_promise.HasGivenWay);
    }

    [Fact]
    public async Task Cancel_StepThatEndsInSpiteOfIt_ReturnsItsResultAndIsNoProgress()
    {
        var running = _steps.RunAsync(
            async token =>
            {
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Obeying(token));
                return 7;
            },
            null,
            TestEnd);

        Assert.True(await _steps.CancelAsync("why"));
        Assert.Equal(7, await running);
        Assert.True(_promise.HasGivenWay);
    }

    [Fact]
    public async Task Cancel_StepThatIgnoresIt_IsFalseAfterTheGrace()
    {
        var step = new TaskCompletionSource<int>();
        var running = _steps.RunAsync(_ => step.Task, null, TestEnd);
        var cancelling = _steps.CancelAsync("why");
        _time.Advance(Policy.StopGrace);

        Assert.False(await cancelling);
        step.SetResult(1);
        await running;
    }

    [Fact]
    public async Task Run_BodyIsCancelled_IsNotStuck()
    {
        using var body = CancellationTokenSource.CreateLinkedTokenSource(TestEnd);
        var running = _steps.RunAsync(Obeying, null, body.Token);
        await body.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _steps.RunAsync(Obeying, null, body.Token));
    }

    [Fact]
    public async Task Run_BeyondItsCeiling_IsCancelledHoweverMuchItGetsOn()
    {
        var running = _steps.RunAsync(Obeying, TimeSpan.FromSeconds(30), TestEnd);
        for (var i = 0; i < 30; i++)
        {
            Assert.False(running.IsCompleted);
            _promise.GotOn(_clock.Now, null);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal("a step took longer than its 30 s", (await Assert.ThrowsAsync<StuckException>(() => running)).Message);
        Assert.False(_givenUp.Task.IsCompleted);
    }

    [Fact]
    public async Task Run_BeyondItsCeilingAndIgnoresIt_EndsTheIncarnation()
    {
        var step = new TaskCompletionSource<int>();
        var running = _steps.RunAsync(_ => step.Task, TimeSpan.FromSeconds(30), TestEnd);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.False(_givenUp.Task.IsCompleted);
        _time.Advance(Policy.StopGrace);

        Assert.Equal("a step took longer than its 30 s", await _givenUp.Task);
        step.SetResult(1);
        await running;
    }

    private static async Task<int> Obeying(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        return 0;
    }
}
