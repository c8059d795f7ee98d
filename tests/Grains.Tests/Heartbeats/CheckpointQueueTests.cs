using System.Threading.Channels;
using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using StackExchange.Redis;

namespace OrleansHealing.Tests.Heartbeats;

public sealed class CheckpointQueueTests
{
    private static readonly CheckpointAnswer Saved = new(true, null);

    private readonly Channel<Call> _calls = Channel.CreateUnbounded<Call>();
    private readonly CheckpointQueue _queue;

    public CheckpointQueueTests() => _queue = new CheckpointQueue(checkpoints =>
    {
        var call = new Call([.. checkpoints.Select(c => c.Id.Value)]);
        _calls.Writer.TryWrite(call);
        return call.Answer.Task;
    });

    [Fact]
    public async Task Save_Alone_GoesAtOnceAndSaysWhetherItWasSaved()
    {
        foreach (var isSaved in new[] { true, false })
        {
            var save = Save("a");
            var call = await NextAsync();
            call.Answer.SetResult([new CheckpointAnswer(isSaved, null)]);

            Assert.Equal(["a"], call.Ids);
            Assert.Equal(isSaved, await save);
        }
    }

    [Fact]
    public async Task Save_WhileTwoAreUnderWay_GoesWithTheNextTogetherWithAllOthers()
    {
        var (first, _) = (await BeginAsync("a"), await BeginAsync("b"));
        var (third, fourth) = (Save("c"), Save("d"));

        first.Answer.SetResult([Saved]);
        var next = await NextAsync();
        next.Answer.SetResult([Saved, new CheckpointAnswer(false, null)]);

        Assert.Equal(["c", "d"], next.Ids);
        Assert.True(await third);
        Assert.False(await fourth);
    }

    [Fact]
    public async Task Save_OfMuch_IsSplitByNumberAndByLength()
    {
        var (first, _) = (await BeginAsync("a"), await BeginAsync("b"));
        var (many, large) = (Enumerable.Range(0, 65).Select(i => Save($"many{i}")).ToArray(), Enumerable.Range(0, 3).Select(i => Save($"large{i}", 200_000)).ToArray());

        var sizes = new List<int>();
        for (var call = first; sizes.Sum() < many.Length + large.Length;)
        {
            call.Answer.SetResult(Array.ConvertAll(call.Ids, _ => Saved));
            call = await NextAsync();
            sizes.Add(call.Ids.Length);
        }

        // The last of the many goes with the first of the large ones.
        Assert.Equal([64, 2, 1, 1], sizes);
    }

    [Fact]
    public async Task Save_BesideOneWhoseKeyIsWrong_IsNotFailedByIt()
    {
        var (first, _) = (await BeginAsync("a"), await BeginAsync("b"));
        var (good, bad, other) = (Save("good"), Save("bad"), Save("other"));
        first.Answer.SetResult([Saved]);
        (await NextAsync()).Answer.SetResult([Saved, new CheckpointAnswer(false, "WRONGTYPE Operation against a key"), Saved]);

        Assert.True(await good);
        Assert.Equal("WRONGTYPE Operation against a key", (await Assert.ThrowsAsync<RedisServerException>(() => bad)).Message);
        Assert.True(await other);
    }

    [Fact]
    public async Task Save_WhileTheStoreIsAway_IsToldSoWithoutWaitingInLine()
    {
        var (first, _) = (await BeginAsync("a"), await BeginAsync("b"));
        var waiting = Enumerable.Range(0, 200).Select(i => Save($"c{i}")).ToArray();

        first.Answer.SetException(new TimeoutException("no answer"));

        foreach (var save in waiting)
        {
            await Assert.ThrowsAsync<TimeoutException>(() => save);
        }

        var after = await BeginAsync("d");
        Assert.Equal(["d"], after.Ids);
    }

    private Task<bool> Save(string id, int length = 10) => _queue.SaveAsync(new CheckpointEntry(AgentId.Parse(id), 1, new string('x', length), IsRepeat: false));

    private async Task<Call> BeginAsync(string id)
    {
        _ = Save(id);
        return await NextAsync();
    }

    private async Task<Call> NextAsync() => await _calls.Reader.ReadAsync(TestContext.Current.CancellationToken);

    private sealed record Call(string[] Ids)
    {
        public TaskCompletionSource<CheckpointAnswer[]> Answer { get; } = new();
    }
}
