using System.Collections.Immutable;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Fleet;

namespace OrleansHealing.Tests.Supervision;

public sealed class SupervisorNudgeTests
{
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
        var nudge = new SupervisorNudge(null!, membership, partitions: 1);

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
