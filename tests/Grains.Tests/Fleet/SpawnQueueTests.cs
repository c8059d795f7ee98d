using Microsoft.Extensions.Time.Testing;
using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Fleet;

public sealed class SpawnQueueTests
{
    private readonly List<(NewAgent[] Agents, TaskCompletionSource<SpawnAnswer[]> Answer)> _calls = [];
    private readonly FakeTimeProvider _time = new();
    private readonly SpawnQueue _queue;

    public SpawnQueueTests() => _queue = new SpawnQueue(
        agents =>
        {
            _calls.Add((agents, new()));
            return _calls[^1].Answer.Task;
        },
        _time);

    [Fact]
    public async Task Spawn_WhileACallIsUnderWay_WaitsAndGoesWithAllOthersThatDo()
    {
        var first = Spawn("a");
        var (second, third) = (Spawn("b"), Spawn("c"));
        Assert.Equal([["a"]], Sent());

        Answer(0);

        Assert.Equal("a is starting", (await first).Message);
        Assert.Equal([["a"], ["b", "c"]], Sent());
        Answer(1);
        Assert.Equal(["b is starting", "c is starting"], [(await second).Message, (await third).Message]);
    }

    [Fact]
    public async Task Spawn_MoreThanACallTakes_GoesWithTheNextOne()
    {
        var all = Enumerable.Range(0, SpawnQueue.MostAtOnce + 2).Select(i => Spawn($"a{i}")).ToArray();
        Answer(0);
        Answer(1);
        Answer(2);

        await Task.WhenAll(all);
        Assert.Equal([1, SpawnQueue.MostAtOnce, 1], Sent().Select(s => s.Length));
    }

    [Fact]
    public async Task Spawn_WhoseCallFails_FailsAndTheNextOneGoes()
    {
        var first = Spawn("a");
        var second = Spawn("b");
        _calls[0].Answer.SetException(new TimeoutException("nobody answered"));

        Assert.Equal("nobody answered", (await Assert.ThrowsAsync<TimeoutException>(() => first)).Message);
        Answer(1);
        Assert.Equal(CommandOutcome.Ok, (await second).Outcome);
        var third = Spawn("c");
        Answer(2);
        Assert.Equal("c is starting", (await third).Message);
    }

    [Fact]
    public async Task Spawn_OfWhichTheStoreFailedOne_FailsThatOneAlone()
    {
        var first = Spawn("a");
        var (second, third) = (Spawn("b"), Spawn("c"));
        Answer(0);
        await first;

        _calls[1].Answer.SetResult([new SpawnAnswer(null, "it timed out"), new SpawnAnswer(CommandResult.Done("c is starting", 1))]);

        Assert.Equal("it timed out", (await Assert.ThrowsAsync<StoreUnavailableException>(() => second)).Message);
        Assert.Equal("c is starting", (await third).Message);
    }

    [Fact]
    public async Task Spawn_ThatWaitedUntilNobodyAwaitsIt_IsNotTakenOn()
    {
        var first = Spawn("a");
        var late = Spawn("late");
        _time.Advance(SpawnQueue.Patience / 2);
        var soon = Spawn("soon");
        _time.Advance((SpawnQueue.Patience / 2) + TimeSpan.FromSeconds(1));

        Answer(0);
        await first;

        await Assert.ThrowsAsync<TimeoutException>(() => late);
        Assert.Equal([["a"], ["soon"]], Sent());
        Answer(1);
        await soon;
    }

    [Fact]
    public async Task Spawn_MoreThanMayWait_IsRefusedAtOnce()
    {
        for (var i = 0; i <= SpawnQueue.MostWaiting; i++)
        {
            _ = Spawn($"a{i}");
        }

        await Assert.ThrowsAsync<TimeoutException>(() => Spawn("one-more"));
        Assert.Single(_calls);
    }

    private Task<CommandResult> Spawn(string id) => _queue.SpawnAsync(new(new AgentDefinition { Id = AgentId.Parse(id), Kind = "test" }, "anna"));

    private void Answer(int call) =>
        _calls[call].Answer.SetResult([.. _calls[call].Agents.Select(a => new SpawnAnswer(CommandResult.Done($"{a.Definition.Id} is starting", 1)))]);

    private string[][] Sent() => [.. _calls.Select(c => c.Agents.Select(a => a.Definition.Id.Value).ToArray())];
}
