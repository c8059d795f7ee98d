using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Heartbeats;
using OrleansHealing.Tests.Heartbeats.Contract;
using OrleansHealing.Tests.Hosting;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Fleet;

/// <summary>What a reader is told of a fleet that runs, on a real store.</summary>
public sealed class FleetWatchTests(GarnetStore store) : IAsyncLifetime
{
    private static readonly PolicySettings Quick = new() { HeartbeatSeconds = 0.2, StopSeconds = 0.2 };
    private readonly Dictionary<int, AgentTile> _tiles = [];
    private readonly List<SupervisorAction> _actions = [];
    private HealingCluster _cluster = null!;
    private IAsyncEnumerator<FleetChange> _changes = null!;
    private FleetChange? _last;

    public async ValueTask InitializeAsync()
    {
        _cluster = await HealingCluster.StartAsync(store, healing => healing.AddAgent<Idle>("idle"));
        await SpawnAsync("a");
        await SpawnAsync("b");
        await _cluster.SeeAsync(AgentId.Parse("b"), "to be healthy", a => a.Status is AgentStatus.Healthy);
        _changes = _cluster.Fleet.WatchAsync().GetAsyncEnumerator(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _changes.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    [Fact]
    public async Task Watch_TellsEverybodyFirst_AndThenWhoChangesAndWhoIsGone()
    {
        await UntilAsync("everybody", () => _last!.IsWhole);
        Assert.Equal(["a", "b"], _tiles.Values.Select(t => t.Id.Value).Order());
        Assert.Contains(_actions, a => a.Action is ActionKind.Spawned && a.AgentId == AgentId.Parse("b"));
        await UntilAsync("the freshness of both", () => _last!.Fresh is { } fresh && _tiles.Keys.All(i => fresh[i] > 1) && _last.Overview is { Agents: 2 });

        await OrderAsync("a", CommandKind.Pause);
        await UntilAsync("that a is paused", () => Find("a")?.Status is AgentStatus.Paused);
        await UntilAsync("that a owes no beat", () => _last!.Fresh is { } fresh && fresh[Find("a")!.Index] == 0);
        Assert.Contains(_actions, a => a.Action is ActionKind.Paused);

        await OrderAsync("b", CommandKind.Remove);
        await UntilAsync("that b is gone", () => Find("b") is null);
        await SpawnAsync("c");
        await UntilAsync("that c is there", () => Find("c")?.Status is AgentStatus.Healthy);
    }

    [Fact]
    public async Task Watch_OfWhatNobodyToldOf_FindsItByItself()
    {
        await OrderAsync("a", CommandKind.Pause);
        await UntilAsync("that a is paused", () => _last!.IsWhole && Find("a")?.Status is AgentStatus.Paused);
        await using var behind = await TestStore.OpenAsync(_cluster.Connection, prefix: _cluster.Prefix);

        // Written by commits that announce nothing, of agents that rest, so that no supervisor has anything to say of them.
        var paused = await behind.LoadAsync(AgentId.Parse("a"));
        var counted = new Decision { Next = paused.State.Value! with { TotalRestarts = 99 }, Actions = [] };
        Assert.Equal(CommitOutcome.Done, await behind.CommitAsync(paused, counted));
        var newcomer = new Decision { Next = paused.State.Value! with { AgentId = AgentId.Parse("untold") }, Actions = [] };
        var definition = new AgentDefinition { Id = AgentId.Parse("untold"), Kind = "idle" };
        Assert.Equal(CommitOutcome.Done, await behind.CommitAsync(await behind.LoadAsync(definition.Id), newcomer, definition));

        await UntilAsync("what was counted", () => Find("a")?.TotalRestarts is 99);
        await UntilAsync("the newcomer", () => Find("untold")?.Status is AgentStatus.Paused);
    }

    [Fact]
    public async Task Watch_OfMoreActionsThanItTells_SaysSo()
    {
        await UntilAsync("everybody", () => _last!.IsWhole);
        Assert.False(_last!.MoreActions);
        await using var behind = await TestStore.OpenAsync(_cluster.Connection, prefix: _cluster.Prefix);
        var entries = Enumerable.Range(0, 150).Select(i => (StackExchange.Redis.RedisValue)RecordCodec.Write(Given.HoldBegan($"ffffffff-{i:000}"), StoreJson.Default.SupervisorAction));

        await behind.Database.ListLeftPushAsync(behind.Keys.Actions, [.. entries]);

        await UntilAsync("that there were more", () => _last!.MoreActions && _actions.Exists(a => a.Id == "ffffffff-149"));
        await UntilAsync("that there are no more", () => !_last!.MoreActions);
    }

    private AgentTile? Find(string id) => _tiles.Values.FirstOrDefault(t => t.Id.Value == id);

    private Task SpawnAsync(string id) => _cluster.SpawnAsync(AgentId.Parse(id), "idle", Quick);

    private async Task OrderAsync(string id, CommandKind kind) =>
        Assert.Equal(CommandOutcome.Ok, (await _cluster.Fleet.CommandAsync(AgentId.Parse(id), new AgentCommand(kind, "anna"))).Outcome);

    private async Task UntilAsync(string awaited, Func<bool> isIt)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (_last is null || !isIt())
        {
            Assert.False(limit.IsCancellationRequested, $"Awaited for 60 s: {awaited}. Seen: {string.Join(", ", _tiles.Values)}");
            Assert.True(await _changes.MoveNextAsync().AsTask().WaitAsync(limit.Token), awaited);
            _last = _changes.Current;
            foreach (var index in _last.Removed ?? [])
            {
                _tiles.Remove(index);
            }

            foreach (var tile in _last.Agents ?? [])
            {
                _tiles[tile.Index] = tile;
            }

            _actions.AddRange(_last.Actions ?? []);
        }
    }

    private sealed class Idle : IWorkerAgent
    {
        public Task RunAsync(AgentContext context, CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);
    }
}
