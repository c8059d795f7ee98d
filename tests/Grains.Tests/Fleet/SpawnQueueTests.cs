using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Fleet;

public sealed class SpawnQueueTests
{
    private readonly List<(NewAgent[] Agents, TaskCompletionSource<CommandResult[]> Answer)> _calls = [];
    private readonly SpawnQueue _queue;

    public SpawnQueueTests() => _queue = new SpawnQueue(agents =>
    {
        _calls.Add((agents, new()));
        return _calls[^1].Answer.Task;
    });

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

    private Task<CommandResult> Spawn(string id) => _queue.SpawnAsync(new(new AgentDefinition { Id = AgentId.Parse(id), Kind = "test" }, "anna"));

    private void Answer(int call) =>
        _calls[call].Answer.SetResult([.. _calls[call].Agents.Select(a => CommandResult.Done($"{a.Definition.Id} is starting", 1))]);

    private string[][] Sent() => [.. _calls.Select(c => c.Agents.Select(a => a.Definition.Id.Value).ToArray())];
}
