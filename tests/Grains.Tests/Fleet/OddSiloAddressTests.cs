using System.Collections.Immutable;
using CsCheck;
using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Fleet;

/// <summary>Something stands among the silos in the store that no silo wrote.</summary>
public sealed class OddSiloAddressTests
{
    private const string Living = "127.0.0.1:11111@7";
    private readonly IClusterMembershipService _membership = Membership(SiloAddress.FromParsableString(Living));

    [Theory]
    [InlineData("")]
    [InlineData("somebody")]
    [InlineData("@")]
    [InlineData("127.0.0.1:99999@1")]
    [InlineData("127.0.0.1:x@1")]
    [InlineData("127.0.0.1:1@99999999999999")]
    [InlineData("host:1@1")]
    public void TryParse_NoAddress_SaysNo(string text) => Assert.False(SiloAddresses.TryParse(text, out _));

    [Fact]
    public void TryParse_AnyText_NeverThrows() => Gen.String[Gen.Char["0123456789.:@[]-xS"], 0, 24].Sample(text =>
        SiloAddresses.TryParse(text, out var address) == address is not null);

    [Fact]
    public async Task Silos_OneOfNoSilo_IsShownAsDeadBesideTheOthers()
    {
        var store = Stub.Of<IHeartbeatStore>(
            (nameof(IHeartbeatStore.Partitions), _ => 1),
            (nameof(IHeartbeatStore.SilosAsync), _ => Silos((Living, "silo-1"), ("garbage", "silo-2"))),
            (nameof(IHeartbeatStore.DrainsAsync), _ => Drains("garbage")),
            (nameof(IHeartbeatStore.CountClaimsAsync), _ => Task.FromResult(0L)));
        var reader = new FleetReader(store, null!, null!, null!, _membership, null!, TimeProvider.System);

        Assert.Equal([("silo-1", SiloState.Active), ("silo-2", SiloState.Dead)], (await reader.SilosAsync()).Select(s => (s.Name, s.Status)));
    }

    [Fact]
    public async Task Start_OneOfNoSiloUnderTheSameName_IsForgottenAndTheSiloIsUp()
    {
        var registered = new List<string>();
        var undrained = new List<string>();
        var forgotten = new List<string>();
        var store = Stub.Of<IHeartbeatStore>(
            (nameof(IHeartbeatStore.RegisterSiloAsync), args => Done(() => registered.Add((string)args[0]!))),
            (nameof(IHeartbeatStore.ForgetSiloAsync), args => Done(() => forgotten.Add((string)args[0]!))),
            (nameof(IHeartbeatStore.DrainsAsync), _ => Drains("unknown", "garbage", Living)),
            (nameof(IHeartbeatStore.DrainAsync), args => Done(() => undrained.Add((string)args[0]!))),
            (nameof(IHeartbeatStore.SilosAsync), _ => Silos(("garbage", "silo-3"), ("127.0.0.1:99999@1", "silo-9"), (Living, "silo-1"))));
        var clock = new StoreClock(TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<StoreClock>.Instance);
        clock.Observe(Given.Now, TimeSpan.Zero, TimeSpan.Zero);
        ILifecycleObserver? observer = null;
        var lifecycle = Stub.Of<ISiloLifecycle>((nameof(ISiloLifecycle.Subscribe), args =>
        {
            observer = (ILifecycleObserver)args[2]!;
            return new MemoryStream();
        }
        ));
        new SiloRegistration(store, clock, new LocalSilo("127.0.0.1:11113@9", "silo-3"), _membership, new SiloAddressOfPages()).Participate(lifecycle);

        await observer!.OnStart(TestContext.Current.CancellationToken);

        Assert.Equal(["127.0.0.1:11113@9"], registered);
        Assert.Equal(["garbage"], forgotten);
        Assert.Equal(["unknown"], undrained);
    }

    private static Task<IReadOnlyDictionary<string, SiloDrain>> Drains(params string[] addresses) =>
        Task.FromResult<IReadOnlyDictionary<string, SiloDrain>>(addresses.ToDictionary(a => a, _ => new SiloDrain { Actor = "anna", At = Given.Now }));

    private static Task Done(Action note)
    {
        note();
        return Task.CompletedTask;
    }

    private static Task<IReadOnlyDictionary<string, SiloRecord>> Silos(params (string Address, string Name)[] silos) =>
        Task.FromResult<IReadOnlyDictionary<string, SiloRecord>>(silos.ToDictionary(s => s.Address, s => new SiloRecord
        {
            Name = s.Name,
            Pid = 1,
            Machine = "box",
            StartedAt = Given.Now,
            ProcessStartedAt = Given.Now,
            PidSpace = "boot/pid:[1]",
            ProcessStart = "42",
        }));

    private static IClusterMembershipService Membership(SiloAddress living)
    {
        var members = ImmutableDictionary<SiloAddress, ClusterMember>.Empty.Add(living, new ClusterMember(living, SiloStatus.Active, "silo-1"));
        return Stub.Of<IClusterMembershipService>(
            (nameof(IClusterMembershipService.CurrentSnapshot), _ => new ClusterMembershipSnapshot(members, new MembershipVersion(1))));
    }
}
