using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;
using OrleansHealing.Telemetry;
using OrleansHealing.Tests.Supervision;
using StackExchange.Redis;

namespace OrleansHealing.Tests.Heartbeats;

/// <summary>A heartbeat store under a prefix of its own, with the words that tests of it are told in.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    private readonly StoreConnection _connection;

    private TestStore(HealingOptions options, string? commitScript)
    {
        Options = options;
        var wrapped = Microsoft.Extensions.Options.Options.Create(options);
        _connection = new StoreConnection(wrapped);
        Clock = new StoreClock(Time, NullLogger<StoreClock>.Instance);
        Store = new HeartbeatStore(_connection, Clock, new RecordCodec(Meters, NullLogger<RecordCodec>.Instance), wrapped)
        {
            CommitScript = commitScript ?? Scripts.Commit,
        };
        Keys = new StoreKeys(options.KeyPrefix, 0);
    }

    public HealingOptions Options { get; }

    public FakeTimeProvider Time { get; } = new();

    public StoreClock Clock { get; }

    public HealingMetrics Meters { get; } = Metrics();

    public HeartbeatStore Store { get; }

    public StoreKeys Keys { get; }

    public IDatabase Database { get; private set; } = null!;

    public static HealingMetrics Metrics() =>
        new(new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());

    public static async Task<TestStore> OpenAsync(string connectionString, int partitions = 1, string? prefix = null, string? commitScript = null)
    {
        var store = new TestStore(
            new HealingOptions
            {
                ConnectionString = connectionString,
                KeyPrefix = prefix ?? $"t{Guid.NewGuid():N}",
                Partitions = partitions,
                StoreTimeout = TimeSpan.FromSeconds(30),
                ActionsKept = 5,
                DecisionsKept = 6,
            },
            commitScript);
        store.Database = (await store._connection.GetAsync()).GetDatabase();
        return store;
    }

    /// <summary>A supervisor's judge on this store.</summary>
    public Judge CreateJudge(IBackendOrders orders, ISiloDirectory silos) => new(
        0, Store, Clock, new AgentKinds([], Microsoft.Extensions.Options.Options.Create(Options)), orders, silos, Meters, Options, new Random(1),
        NullLogger<Judge>.Instance);

    public async Task<AgentSnapshot> LoadAsync(AgentId id) => (await Store.LoadAsync(id.PartitionOf(Options.Partitions), [id]))[0];

    public Task<CommitOutcome> CommitAsync(AgentSnapshot before, Decision decision, AgentDefinition? definition = null, StoreMark? known = null) =>
        Store.CommitAsync(new CommitRequest
        {
            Before = before,
            Next = decision.Next,
            GoesOn = decision.GoesOn,
            Known = known,
            NewDeadline = decision.NewDeadline,
            OnlyIfDeadlineAtMost = decision.OnlyIfDeadlineAtMost,
            Definition = definition,
            Actions = decision.Actions,
            RecoveredAfter = decision.RecoveredAfter,
            Inputs = decision.Inputs,
        });

    /// <summary>Spawns an agent and, unless told otherwise, has a body claim it.</summary>
    public async Task<AgentSnapshot> SpawnAsync(AgentId id, bool claim = true)
    {
        var partition = id.PartitionOf(Options.Partitions);
        var floor = await Store.IncarnationFloorAsync(partition);
        var definition = new AgentDefinition { Id = id, Kind = "test" };
        var decision = Given.Decided(DecisionInputs.OfSpawn(definition, Given.Policy, "anna", floor, Given.At(Given.Now)))!;
        Assert.Equal(CommitOutcome.Done, await CommitAsync(await LoadAsync(id), decision, definition));
        if (claim)
        {
            Assert.True(await ClaimAsync(id, floor + 1));
        }

        return await LoadAsync(id);
    }

    public Task<bool> ClaimAsync(AgentId id, long incarnation, string run = "run-1", string host = Given.Host) => Store.ClaimAsync(
        id, Given.Beat(Given.Now, incarnation) with { Host = host }, run, Given.Now.AddSeconds(5));

    public Task<CommitOutcome> JudgeAsync(AgentSnapshot before, Circumstances circumstances) =>
        CommitAsync(before, Given.Decided(DecisionInputs.OfJudge(before, Given.Policy, circumstances)) ?? throw new InvalidOperationException("Nothing was decided."));

    public async Task OrderAsync(AgentId id, CommandKind kind, double random = 0.5)
    {
        var before = await LoadAsync(id);
        var decision = Given.Decided(DecisionInputs.OfObey(before, new AgentCommand(kind, "boris"), Given.Policy, Given.At(Given.Now, random)));
        Assert.NotNull(decision);
        Assert.Equal(CommitOutcome.Done, await CommitAsync(before, decision));
    }

    /// <summary>The report of the body that claimed the incarnation.</summary>
    public async Task<bool> ReportAsync(AgentId id, long incarnation, FailureReason reason = FailureReason.Crashed, Heartbeat? last = null)
    {
        var claim = await Database.HashGetAsync(Keys.Claims, StoreKeys.Member(id, incarnation));
        return await ReportAsync(id, incarnation, claim.IsNull ? null : claim.ToString(), reason, last);
    }

    public Task<bool> ReportAsync(AgentId id, long incarnation, string? claim, FailureReason reason = FailureReason.Crashed, Heartbeat? last = null) =>
        Store.ReportAsync(id, new IncarnationReport
        {
            Incarnation = incarnation,
            Kind = ReportKind.Failed,
            Reason = reason,
            Message = "it broke",
            At = Given.Now.AddSeconds(1),
        }, claim, last);

    /// <summary>Whether a beat is accepted.</summary>
    public async Task<bool> BeatAsync(AgentId id, long incarnation, DateTimeOffset deadline, bool withRecord = false) =>
        (await Store.BeatAsync(
            id.PartitionOf(Options.Partitions),
            [new BeatEntry(id, incarnation, deadline.ToUnixTimeMilliseconds(), withRecord ? Given.Beat(deadline.AddSeconds(-5), incarnation) : null)])).Count == 0;

    public async Task<string[]> MembersAsync() =>
        [.. (await Database.SortedSetRangeByRankAsync(Keys.Deadlines)).Select(m => m.ToString())];

    /// <summary>All data is gone, as after FLUSHALL.</summary>
    public Task WipeAsync() => new StoreCopy().PutBackAsync(this);

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        Meters.Dispose();
    }
}
