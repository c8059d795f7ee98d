using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using OrleansHealing.Agents;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Fleet;

namespace OrleansHealing.Tests.Supervision;

public sealed class SupervisorNudgeTests
{
    private static readonly SiloAddress Silo = SiloAddress.New(System.Net.IPAddress.Loopback, 1, 1);

    private readonly Channel<(AgentId[] Ids, TaskCompletionSource Answer)> _calls = Channel.CreateUnbounded<(AgentId[], TaskCompletionSource)>();
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Tell_WhileTheSupervisorLooks_WaitsAndGoesWithAllOthersOfThatTime()
    {
        var nudge = Create();
        nudge.Tell(AgentId.Parse("a"));
        var first = await NextAsync();
        foreach (var id in new[] { "b", "c", "b" })
        {
            nudge.Tell(AgentId.Parse(id));
        }

        first.Answer.SetResult();
        var second = await NextAsync();

        Assert.Equal(["a"], first.Ids.Select(i => i.Value));
        Assert.Equal(["b", "c"], second.Ids.Select(i => i.Value).Order());
    }

    [Fact]
    public async Task Tell_OfVeryMany_GoesInSeveralCalls()
    {
        var nudge = Create();
        nudge.Tell(AgentId.Parse("first"));
        var first = await NextAsync();
        for (var i = 0; i < SupervisorNudge.MostAtOnce + 5; i++)
        {
            nudge.Tell(AgentId.Parse($"a{i}"));
        }

        first.Answer.SetResult();
        var second = await NextAsync();
        second.Answer.SetException(new TimeoutException("the supervisor moves"));
        var third = await NextAsync();

        Assert.Equal((SupervisorNudge.MostAtOnce, 5), (second.Ids.Length, third.Ids.Length));
    }

    [Fact]
    public async Task Tell_WhileTheSupervisorDoesNotAnswer_GoesAfterASecond()
    {
        var nudge = Create();
        nudge.Tell(AgentId.Parse("a"));
        await NextAsync();
        nudge.Tell(AgentId.Parse("b"));
        Assert.False(_calls.Reader.TryRead(out _));

        var next = NextAsync();
        while (!next.IsCompleted)
        {
            // Until the wait has begun, time passes for nobody.
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(["b"], (await next).Ids.Select(i => i.Value));
    }

    private SupervisorNudge Create()
    {
        var members = ImmutableDictionary<SiloAddress, ClusterMember>.Empty.Add(Silo, new ClusterMember(Silo, SiloStatus.Active, "silo-1"));
        var membership = Stub.Of<IClusterMembershipService>(
            (nameof(IClusterMembershipService.CurrentSnapshot), _ => new ClusterMembershipSnapshot(members, new MembershipVersion(1))));
        var supervisor = Stub.Of<ISupervisorGrain>((nameof(ISupervisorGrain.NudgeAsync), arguments =>
        {
            var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _calls.Writer.TryWrite(((AgentId[])arguments[0]!, answer));
            return answer.Task;
        }
        ));
        return new SupervisorNudge(Stub.Of<IGrainFactory>((nameof(IGrainFactory.GetGrain), _ => supervisor)), membership, partitions: 1, _time);
    }

    private async Task<(AgentId[] Ids, TaskCompletionSource Answer)> NextAsync() => await _calls.Reader.ReadAsync(TestContext.Current.CancellationToken);

    [Fact]
    public async Task TellAll_WhileNoSiloIsActive_LooksOnceAndLetsItBe()
    {
        var looks = 0;
        var looked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var nobody = new ClusterMembershipSnapshot(ImmutableDictionary<SiloAddress, ClusterMember>.Empty, new MembershipVersion(1));
        var membership = Stub.Of<IClusterMembershipService>((nameof(IClusterMembershipService.CurrentSnapshot), _ =>
        {
            Interlocked.Increment(ref looks);
            looked.TrySetResult();
            return nobody;
        }
        ));
        var nudge = new SupervisorNudge(null!, membership, partitions: 1, TimeProvider.System);

        nudge.TellAll();
        await looked.Task;

        // Whoever goes on looking has looked again by then.
        for (var i = 0; i < 1000; i++)
        {
            await Task.Run(() => { }, TestContext.Current.CancellationToken);
        }

        Assert.Equal(1, Volatile.Read(ref looks));
    }
}
