using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;
using StackExchange.Redis;

namespace OrleansHealing.Tests.Simulation;

/// <summary>
/// A supervisor's way to the store. A question takes a while to arrive and its answer to come back, the world goes on
/// meanwhile, and either can be lost.
/// </summary>
internal sealed class StoreLink(Scenario scenario, SimSilo silo, bool isDirect = false) : IHeartbeatStore
{
    private ModelStore Store => scenario.Store;

    public int Partitions => 1;

    public Task<DueAgents> DueAsync(int partition, DateTimeOffset now, int limit, int skip = 0) => Ask(() => Store.Due(now, limit, skip));

    public Task<IReadOnlyList<AgentId>> GroupAsync(int partition, string name, IReadOnlyCollection<AgentId> known) => Ask(() => Store.Group(name));

    public Task<IReadOnlyList<AgentSnapshot>> LoadAsync(int partition, IReadOnlyList<AgentId> ids) =>
        Ask<IReadOnlyList<AgentSnapshot>>(() => [.. ids.Select(Store.Load)]);

    public Task<CommitOutcome> CommitAsync(CommitRequest request) => Ask(() => Store.Commit(request, () => scenario.Travel(silo), this));

    public Task<StoreRecall> RecallAsync(int partition, StoreMark? known, long floor, bool isLost) => Ask(() => Store.Recall(known, floor, isLost));

    public Task<long> IncarnationFloorAsync(int partition) => Ask(Store.IncarnationFloor);

    public Task<long?> FindIncarnationAsync(AgentId id) => Ask(() => Store.FindIncarnation(id));

    public Task<IReadOnlyList<string>> HostsAsync(int partition) => Ask(Store.Hosts);

    public Task<IReadOnlyList<ClaimedIncarnation>> ClaimsOfAsync(int partition, string host) => Ask(() => Store.Claims(host));

    public Task<IReadOnlyList<DateTimeOffset?>> DeadlinesAsync(int partition, IReadOnlyList<ClaimedIncarnation> claims) =>
        Ask<IReadOnlyList<DateTimeOffset?>>(() => [.. claims.Select(Store.DeadlineOf)]);

    public Task ForgetClaimsAsync(int partition, string host, IReadOnlyList<ClaimedIncarnation> claims) => Tell(() => Store.ForgetClaims(host, claims));

    public Task ForgetHostAsync(int partition, string host) => Tell(() => Store.ForgetHost(host));

    public Task<LastRound?> LastRoundAsync(int partition) => Ask(Store.LastRound);

    public Task<long> BeginTermAsync(int partition) => Ask(Store.BeginTerm);

    public Task NoteRoundAsync(int partition, long term, LastRound round) => Tell(() => Store.NoteRound(term, round));

    public Task TidyAsync(AgentId id, StoredRecord<HealthState> state) => Tell(() => Store.Tidy(id, state));

    public Task TidyStatusAsync(AgentId id, StoredRecord<HealthState> state, AgentStatus listed) => Task.CompletedTask;

    public Task SetAsideAsync(int partition, string member, string why) => Tell(() => Store.SetAside(member));

    public Task<IReadOnlyList<AgentId>> IdsAsync(int partition, AgentStatus status, string? after, int limit) =>
        Ask(() => Store.IdsOf(status, after, limit));

    public Task<IReadOnlyDictionary<string, SiloRecord>> SilosAsync() =>
        Task.FromResult<IReadOnlyDictionary<string, SiloRecord>>(new Dictionary<string, SiloRecord>());

    public Task<IReadOnlyDictionary<string, SiloDrain>> DrainsAsync() => throw new NotSupportedException();

    public Task DrainAsync(string address, SiloDrain? drain) => throw new NotSupportedException();

    public Task<IReadOnlyList<MaintenanceOrder>> MaintenanceAsync() => Ask(Store.Maintenance);

    public Task SetMaintenanceAsync(MaintenanceOrder order) => throw new NotSupportedException();

    public Task<bool> EndMaintenanceAsync(string scope) => throw new NotSupportedException();

    public Task ReplaceMaintenanceAsync(MaintenanceOrder before, MaintenanceOrder? after) =>
        Tell(() => Store.ReplaceMaintenance(before, after));

    public void Announce(AgentId? id)
    {
        // Nobody listens here.
    }

    public Task<bool> ReportAsync(AgentId id, IncarnationReport report, string? claim, Heartbeat? last) => throw new NotSupportedException();

    public Task<bool> ClaimAsync(AgentId id, Heartbeat first, string run, DateTimeOffset deadline) => throw new NotSupportedException();

    public Task<IReadOnlyList<int>> BeatAsync(int partition, IReadOnlyList<BeatEntry> beats) => throw new NotSupportedException();

    public Task<bool> SaveCheckpointAsync(AgentId id, Checkpoint checkpoint, bool isRepeat) => throw new NotSupportedException();

    public Task<IReadOnlyList<StoredRecord<Checkpoint>>> LoadCheckpointsAsync(AgentId id, int limit) => throw new NotSupportedException();

    public Task SynchronizeClockAsync() => Tell(silo.Synchronize);

    public Task WarmUpAsync() => throw new NotSupportedException();

    public Task<IReadOnlyList<string>> SetWrongTypesAsideAsync(int partition, AgentId? id) => throw new NotSupportedException();

    public Task<long> CountClaimsAsync(int partition, string host) => throw new NotSupportedException();

    public Task LogAsync(int partition, long term, SupervisorAction action) => Tell(() => Store.CheckTerm(term));

    public Task<IReadOnlyList<(AgentId Id, long Incarnation, DateTimeOffset Deadline)>> AllDeadlinesAsync(int partition) => throw new NotSupportedException();

    public Task AddSampleAsync(int partition, long term, FleetSample sample) => Tell(() => Store.CheckTerm(term));

    public Task<IReadOnlyList<FleetSample>> SamplesAsync(int partition, int limit) => throw new NotSupportedException();

    public Task<IReadOnlyList<SupervisorAction>> ActionsAsync(int partition, AgentId? id, int limit, string? before = null) => throw new NotSupportedException();

    public Task<IReadOnlyList<StoredRecord<DecisionEvidence>>> EvidenceAsync(AgentId id) => throw new NotSupportedException();

    public Task CountSilencesAsync(int partition, IReadOnlyDictionary<string, long> increments, IReadOnlyList<string> kinds, DateTimeOffset now) => throw new NotSupportedException();

    public Task<IReadOnlyDictionary<string, long>> SilencesAsync(int partition) => throw new NotSupportedException();

    public Task<IReadOnlyDictionary<AgentStatus, long>> CountAsync(int partition) => Ask(Store.Count);

    public Task<long> CountPastDeadlinesAsync(int partition, DateTimeOffset now) => Ask(() => Store.CountPast(now));

    public Task<StoreCounters> CountersAsync(int partition) => Ask(() => new StoreCounters(0, 0, 0, 0, 0));

    public Task<long> CountMalformedAsync(int partition) => throw new NotSupportedException();

    public Task RegisterSiloAsync(string address, SiloRecord record) => throw new NotSupportedException();

    public Task ForgetSiloAsync(string address) => throw new NotSupportedException();

    public Task<IAsyncDisposable> SubscribeAsync(Action<AgentId?> heard) => throw new NotSupportedException();

    public Task<IReadOnlyDictionary<string, string>> SettingsAsync() => throw new NotSupportedException();

    private Task<T> Ask<T>(Func<T> what)
    {
        Travel();
        if (!scenario.CanReachStore(silo) || scenario.Loses())
        {
            throw Lost();
        }

        var answer = what();
        Travel();
        return scenario.CanReachStore(silo) && !scenario.Loses() ? Task.FromResult(answer) : throw Lost();
    }

    private void Travel()
    {
        if (!isDirect)
        {
            scenario.Travel(silo);
        }
    }

    private Task<int> Tell(Action what) => Ask(() =>
    {
        what();
        return 0;
    });

    private static RedisConnectionException Lost() => new(ConnectionFailureType.SocketFailure, "lost");
}
