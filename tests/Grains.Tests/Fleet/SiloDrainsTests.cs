using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansHealing.Backends;
using OrleansHealing.Fleet;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Fleet;

/// <summary>Orders to drain silos: three at work, one stopping, one dead; and where new agents go meanwhile.</summary>
public sealed class SiloDrainsTests
{
    private static readonly (string Name, string Address, SiloStatus Status, long Agents)[] Silos =
    [
        ("silo-1", "127.0.0.1:11111@1", SiloStatus.Active, 4), ("silo-2", "127.0.0.1:11112@1", SiloStatus.Active, 1),
        ("silo-3", "127.0.0.1:11113@1", SiloStatus.Active, 0), ("silo-4", "127.0.0.1:11114@1", SiloStatus.ShuttingDown, 2),
        ("silo-5", "127.0.0.1:11115@1", SiloStatus.Dead, 0), ("twin", "127.0.0.1:11116@1", SiloStatus.Joining, 0), ("twin", "127.0.0.1:11117@1", SiloStatus.Joining, 0),
    ];

    private readonly Dictionary<string, SiloDrain> _drains = new(StringComparer.Ordinal);
    private readonly IHeartbeatStore _store;
    private readonly IClusterMembershipService _membership;
    private readonly SiloDrains _orders;

    public SiloDrainsTests()
    {
        _store = Stub.Of<IHeartbeatStore>(
            (nameof(IHeartbeatStore.Partitions), _ => 1),
            (nameof(IHeartbeatStore.SilosAsync), _ => Task.FromResult<IReadOnlyDictionary<string, SiloRecord>>(Silos.ToDictionary(s => s.Address, s => Record(s.Name)))),
            (nameof(IHeartbeatStore.CountClaimsAsync), args => Task.FromResult(Silos.Single(s => s.Address == (string)args[1]!).Agents)),
            (nameof(IHeartbeatStore.DrainsAsync), _ => Task.FromResult<IReadOnlyDictionary<string, SiloDrain>>(_drains)),
            (nameof(IHeartbeatStore.DrainAsync), args =>
            {
                _ = args[1] is SiloDrain drain ? _drains.TryAdd((string)args[0]!, drain) : _drains.Remove((string)args[0]!);
                return Task.CompletedTask;
            }
        ));
        var members = Silos.ToImmutableDictionary(s => SiloAddress.FromParsableString(s.Address), s => new ClusterMember(SiloAddress.FromParsableString(s.Address), s.Status, s.Name));
        _membership = Stub.Of<IClusterMembershipService>(
            (nameof(IClusterMembershipService.CurrentSnapshot), _ => new ClusterMembershipSnapshot(members, new MembershipVersion(1))));
        var clock = new StoreClock(TimeProvider.System, NullLogger<StoreClock>.Instance);
        clock.Observe(Given.Now, TimeSpan.Zero, TimeSpan.Zero);
        var reader = new FleetReader(_store, clock, null!, null!, _membership, null!, TimeProvider.System);
        _orders = new SiloDrains(_store, clock, reader);
        Reader = reader;
    }

    private FleetReader Reader { get; }

    [Theory]
    [InlineData("silo-1", CommandOutcome.Ok, "Silo 'silo-1' is draining: 4 agents to move.")]
    [InlineData("127.0.0.1:11112@1", CommandOutcome.Ok, "Silo 'silo-2' is draining: 1 agent to move.")]
    [InlineData("silo-3", CommandOutcome.Ok, "Silo 'silo-3' has no agents and gets none.")]
    [InlineData("silo-4", CommandOutcome.Conflict, "Silo 'silo-4' is stopping, and hands over its agents by itself.")]
    [InlineData("silo-5", CommandOutcome.Conflict, "Silo 'silo-5' is dead.")]
    [InlineData("silo-9", CommandOutcome.NotFound, "There is no silo 'silo-9'.")]
    [InlineData("twin", CommandOutcome.Conflict, "2 living silos are called twin; say which by its address: 127.0.0.1:11116@1, 127.0.0.1:11117@1.")]
    public async Task Order_OfAnySilo_IsCarriedOutOrSaysWhyNot(string silo, CommandOutcome outcome, string message)
    {
        var result = await _orders.OrderAsync(silo, new DrainCommand("anna", "upgrade"));

        Assert.Equal((outcome, message), (result.Outcome, result.Message));
        Assert.Equal(outcome is CommandOutcome.Ok ? 1 : 0, _drains.Count);
        Assert.All(_drains.Values, d => Assert.Equal(("anna", "upgrade"), (d.Actor, d.Reason)));
    }

    [Fact]
    public async Task Order_GivenAgain_ChangesNothing()
    {
        await _orders.OrderAsync("silo-1", new DrainCommand("anna"));
        await _orders.OrderAsync("silo-3", new DrainCommand("anna"));

        var (draining, drained) = (await _orders.OrderAsync("silo-1", new DrainCommand("boris")), await _orders.OrderAsync("silo-3", new DrainCommand("boris")));

        Assert.Equal((CommandOutcome.Ok, "Silo 'silo-1' is draining already; 4 agents left."), (draining.Outcome, draining.Message));
        Assert.Equal((CommandOutcome.Ok, "Silo 'silo-3' is drained already."), (drained.Outcome, drained.Message));
        Assert.All(_drains.Values, d => Assert.Equal("anna", d.Actor));
        Assert.Equal([SiloState.Draining, SiloState.Active, SiloState.Drained], (await Reader.SilosAsync()).Take(3).Select(s => s.Status));
    }

    [Fact]
    public async Task Order_OfTheLastSiloThatTakesAgents_IsRefused()
    {
        await _orders.OrderAsync("silo-1", new DrainCommand("anna"));
        await _orders.OrderAsync("silo-2", new DrainCommand("anna"));

        var refused = await _orders.OrderAsync("silo-3", new DrainCommand("anna"));

        Assert.Equal(
            (CommandOutcome.Conflict, "Silo 'silo-3' is the only one that takes agents; they would have nowhere to go. Start another silo first."),
            (refused.Outcome, refused.Message));
        Assert.Equal(2, _drains.Count);
    }

    [Fact]
    public async Task Order_TakenBack_IsForgotten()
    {
        await _orders.OrderAsync("silo-1", new DrainCommand("anna"));

        var (undone, again) = (await _orders.OrderAsync("silo-1", new DrainCommand("anna", Undo: true)), await _orders.OrderAsync("silo-1", new DrainCommand("anna", Undo: true)));

        Assert.Equal((CommandOutcome.Ok, "Silo 'silo-1' takes agents again."), (undone.Outcome, undone.Message));
        Assert.Equal((CommandOutcome.Ok, "Silo 'silo-1' is not draining."), (again.Outcome, again.Message));
        Assert.Empty(_drains);
    }

    [Fact]
    public async Task TakeLeastLoaded_WhileSilosAreDrained_IsOneThatTakesAgentsAsLongAsThereIsOne()
    {
        async Task<string?> NextAsync() => (await new SiloLoads(_membership, _store, TimeProvider.System).TakeLeastLoadedAsync(Given.Id, 1, null))?.ToParsableString();

        Assert.Equal("127.0.0.1:11113@1", await NextAsync());
        _drains["127.0.0.1:11113@1"] = new SiloDrain { Actor = "anna", At = Given.Now };
        Assert.Equal("127.0.0.1:11112@1", await NextAsync());
        _drains["127.0.0.1:11112@1"] = _drains["127.0.0.1:11113@1"];
        Assert.Equal("127.0.0.1:11111@1", await NextAsync());
        _drains["127.0.0.1:11111@1"] = _drains["127.0.0.1:11113@1"];
        Assert.Equal("127.0.0.1:11113@1", await NextAsync());
    }

    private static SiloRecord Record(string name) => new()
    {
        Name = name,
        Pid = 1,
        Machine = "box",
        StartedAt = Given.Now,
        ProcessStartedAt = Given.Now,
        PidSpace = "boot/pid:[1]",
        ProcessStart = "42",
    };
}
