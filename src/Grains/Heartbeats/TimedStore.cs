using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using OrleansHealing.Supervision;
using OrleansHealing.Telemetry;

namespace OrleansHealing.Heartbeats;

/// <summary>
/// The store, with how long it takes: what agents and the supervisor wait for has a word of its own, the rest has one together.
/// </summary>
internal sealed class TimedStore(IHeartbeatStore inner, HealingMetrics metrics, TimeProvider time) : IHeartbeatStore
{
    /// <summary>The error type of a store that is out of reach.</summary>
    public const string OutOfReach = "out-of-reach";

    public int Partitions => inner.Partitions;

    public Task SynchronizeClockAsync() => TimeAsync("time", () => inner.SynchronizeClockAsync());

    public Task WarmUpAsync() => TimeAsync("other", () => inner.WarmUpAsync());

    public Task<IReadOnlyList<int>> BeatAsync(int partition, IReadOnlyList<BeatEntry> beats) =>
        TimeAsync("beat", () => inner.BeatAsync(partition, beats));

    public Task<bool> ClaimAsync(AgentId id, Heartbeat first, string run, DateTimeOffset deadline) =>
        TimeAsync("claim", () => inner.ClaimAsync(id, first, run, deadline));

    public Task<bool> ReportAsync(AgentId id, IncarnationReport report, string? claim, Heartbeat? last) =>
        TimeAsync("report", () => inner.ReportAsync(id, report, claim, last));

    public Task<bool> SaveCheckpointAsync(AgentId id, Checkpoint checkpoint, bool isRepeat) =>
        TimeAsync("checkpoint", () => inner.SaveCheckpointAsync(id, checkpoint, isRepeat));

    public Task<IReadOnlyList<StoredRecord<Checkpoint>>> LoadCheckpointsAsync(AgentId id, int limit) =>
        TimeAsync("checkpoint", () => inner.LoadCheckpointsAsync(id, limit));

    public Task<DueAgents> DueAsync(int partition, DateTimeOffset now, int limit, int skip = 0) =>
        TimeAsync("due", () => inner.DueAsync(partition, now, limit, skip));

    public Task<IReadOnlyList<AgentSnapshot>> LoadAsync(int partition, IReadOnlyList<AgentId> ids) =>
        TimeAsync("load", () => inner.LoadAsync(partition, ids));

    public Task<IReadOnlyList<AgentId>> GroupAsync(int partition, string name, IReadOnlyCollection<AgentId> known) =>
        TimeAsync("other", () => inner.GroupAsync(partition, name, known));

    public Task<long> BeginTermAsync(int partition) => TimeAsync("other", () => inner.BeginTermAsync(partition));

    public Task NoteRoundAsync(int partition, long term, LastRound round) => TimeAsync("round", () => inner.NoteRoundAsync(partition, term, round));

    public Task<LastRound?> LastRoundAsync(int partition) => TimeAsync("other", () => inner.LastRoundAsync(partition));

    public Task<CommitOutcome> CommitAsync(CommitRequest request) => TimeAsync("commit", () => inner.CommitAsync(request));

    public Task<StoreRecall> RecallAsync(int partition, StoreMark? known, long floor, bool isLost) =>
        TimeAsync("other", () => inner.RecallAsync(partition, known, floor, isLost));

    public Task<long> IncarnationFloorAsync(int partition) => TimeAsync("other", () => inner.IncarnationFloorAsync(partition));

    public Task SetAsideAsync(int partition, string member, string why) => TimeAsync("other", () => inner.SetAsideAsync(partition, member, why));

    public Task TidyAsync(AgentId id, StoredRecord<HealthState> state) => TimeAsync("other", () => inner.TidyAsync(id, state));

    public Task TidyStatusAsync(AgentId id, StoredRecord<HealthState> state, AgentStatus listed) =>
        TimeAsync("other", () => inner.TidyStatusAsync(id, state, listed));

    public Task<IReadOnlyList<string>> SetWrongTypesAsideAsync(int partition, AgentId? id) =>
        TimeAsync("other", () => inner.SetWrongTypesAsideAsync(partition, id));

    public Task<long?> FindIncarnationAsync(AgentId id) => TimeAsync("other", () => inner.FindIncarnationAsync(id));

    public Task<IReadOnlyList<string>> HostsAsync(int partition) => TimeAsync("other", () => inner.HostsAsync(partition));

    public Task<IReadOnlyList<ClaimedIncarnation>> ClaimsOfAsync(int partition, string host) =>
        TimeAsync("other", () => inner.ClaimsOfAsync(partition, host));

    public Task<IReadOnlyList<DateTimeOffset?>> DeadlinesAsync(int partition, IReadOnlyList<ClaimedIncarnation> claims) =>
        TimeAsync("other", () => inner.DeadlinesAsync(partition, claims));

    public Task ForgetClaimsAsync(int partition, string host, IReadOnlyList<ClaimedIncarnation> claims) =>
        TimeAsync("other", () => inner.ForgetClaimsAsync(partition, host, claims));

    public Task<long> CountClaimsAsync(int partition, string host) => TimeAsync("other", () => inner.CountClaimsAsync(partition, host));

    public Task ForgetHostAsync(int partition, string host) => TimeAsync("other", () => inner.ForgetHostAsync(partition, host));

    public Task LogAsync(int partition, long term, SupervisorAction action) => TimeAsync("other", () => inner.LogAsync(partition, term, action));

    public Task<IReadOnlyList<SupervisorAction>> ActionsAsync(int partition, AgentId? id, int limit, string? before = null) =>
        TimeAsync("other", () => inner.ActionsAsync(partition, id, limit, before));

    public Task<IReadOnlyList<StoredRecord<DecisionEvidence>>> EvidenceAsync(AgentId id) => TimeAsync("other", () => inner.EvidenceAsync(id));

    public Task<IReadOnlyList<(AgentId Id, long Incarnation, DateTimeOffset Deadline)>> AllDeadlinesAsync(int partition) =>
        TimeAsync("other", () => inner.AllDeadlinesAsync(partition));

    public Task AddSampleAsync(int partition, long term, FleetSample sample) =>
        TimeAsync("other", () => inner.AddSampleAsync(partition, term, sample));

    public Task<IReadOnlyList<FleetSample>> SamplesAsync(int partition, int limit) => TimeAsync("other", () => inner.SamplesAsync(partition, limit));

    public Task<IReadOnlyList<AgentId>> IdsAsync(int partition, AgentStatus status, string? after, int limit) =>
        TimeAsync("other", () => inner.IdsAsync(partition, status, after, limit));

    public Task<IReadOnlyDictionary<AgentStatus, long>> CountAsync(int partition) => TimeAsync("other", () => inner.CountAsync(partition));

    public Task<long> CountPastDeadlinesAsync(int partition, DateTimeOffset now) =>
        TimeAsync("other", () => inner.CountPastDeadlinesAsync(partition, now));

    public Task<StoreCounters> CountersAsync(int partition) => TimeAsync("other", () => inner.CountersAsync(partition));

    public Task CountSilencesAsync(int partition, IReadOnlyDictionary<string, long> increments, IReadOnlyList<string> kinds, DateTimeOffset now) =>
        TimeAsync("other", () => inner.CountSilencesAsync(partition, increments, kinds, now));

    public Task<IReadOnlyDictionary<string, long>> SilencesAsync(int partition) => TimeAsync("other", () => inner.SilencesAsync(partition));

    public Task<long> CountMalformedAsync(int partition) => TimeAsync("other", () => inner.CountMalformedAsync(partition));

    public Task RegisterSiloAsync(string address, SiloRecord record) => TimeAsync("other", () => inner.RegisterSiloAsync(address, record));

    public Task ForgetSiloAsync(string address) => TimeAsync("other", () => inner.ForgetSiloAsync(address));

    public Task<IReadOnlyDictionary<string, SiloRecord>> SilosAsync() => TimeAsync("other", () => inner.SilosAsync());

    public Task<IReadOnlyDictionary<string, SiloDrain>> DrainsAsync() => TimeAsync("other", () => inner.DrainsAsync());

    public Task DrainAsync(string address, SiloDrain? drain) => TimeAsync("other", () => inner.DrainAsync(address, drain));

    public Task<IReadOnlyList<MaintenanceOrder>> MaintenanceAsync() => TimeAsync("other", () => inner.MaintenanceAsync());

    public Task SetMaintenanceAsync(MaintenanceOrder order) => TimeAsync("other", () => inner.SetMaintenanceAsync(order));

    public Task<bool> EndMaintenanceAsync(string scope) => TimeAsync("other", () => inner.EndMaintenanceAsync(scope));

    public Task ReplaceMaintenanceAsync(MaintenanceOrder before, MaintenanceOrder? after) =>
        TimeAsync("other", () => inner.ReplaceMaintenanceAsync(before, after));

    public void Announce(AgentId? id) => inner.Announce(id);

    public Task<IAsyncDisposable> SubscribeAsync(Action<AgentId?> heard) => TimeAsync("other", () => inner.SubscribeAsync(heard));

    public Task<IReadOnlyDictionary<string, string>> SettingsAsync() => TimeAsync("other", () => inner.SettingsAsync());

    private async Task TimeAsync(string operation, Func<Task> ask)
    {
        var asked = time.GetTimestamp();
        string? error = null;
        try
        {
            await ask();
        }
        catch (Exception e)
        {
            error = NameOf(e);
            throw;
        }
        finally
        {
            metrics.StoreAsked(operation, time.GetElapsedTime(asked), error);
        }
    }

    private async Task<T> TimeAsync<T>(string operation, Func<Task<T>> ask)
    {
        T? answer = default;
        await TimeAsync(operation, async () => { answer = await ask(); });
        return answer!;
    }

    /// <summary>All that a store does which is away is one thing; another failure is told by its type.</summary>
    private static string? NameOf(Exception e) => e switch
    {
        // An answer like others: the store works, and so does its fence.
        SupersededException => null,
        _ => StoreOutage.Is(e) ? OutOfReach : e.GetType().Name,
    };
}
