using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using OrleansHealing.Supervision;

namespace OrleansHealing.Heartbeats;

/// <summary>
/// The one place that knows a key. Unless it says otherwise, a method is one or two round trips. It throws what
/// <see cref="StoreOutage"/> knows when the store is out of reach: a write whose answer was lost may have been done, so every
/// write can be repeated. A store that is killed between two writes of a script may keep the first of them; the order of the
/// writes makes up for that.
/// </summary>
internal interface IHeartbeatStore
{
    /// <summary>How many partitions there are.</summary>
    int Partitions { get; }

    /// <summary>Asks the store's time and lets the clock know.</summary>
    Task SynchronizeClockAsync();

    /// <summary>Runs the scripts that agents wait for once in a way that changes nothing, so that the first of them does not wait for them to be loaded.</summary>
    Task WarmUpAsync();

    /// <summary>Moves the deadlines of one partition's agents.</summary>
    /// <returns>The positions of the beats that were fenced, ascending.</returns>
    Task<IReadOnlyList<int>> BeatAsync(int partition, IReadOnlyList<BeatEntry> beats);

    /// <summary>The first heartbeat of an incarnation: makes <paramref name="run"/> on the heartbeat's host the one body that may be it.</summary>
    /// <returns>False when it is fenced, or another body is this incarnation.</returns>
    Task<bool> ClaimAsync(AgentId id, Heartbeat first, string run, DateTimeOffset deadline);

    /// <summary>Tells the end of an incarnation; its deadline becomes now.</summary>
    /// <param name="id">The agent.</param>
    /// <param name="report">How it ended.</param>
    /// <param name="claim">Which body ended; null when none had claimed the incarnation. What another body claimed is not ended by this.</param>
    /// <param name="last">The last heartbeat, if it is to be shown.</param>
    /// <returns>False when it is fenced, or another body is this incarnation.</returns>
    Task<bool> ReportAsync(AgentId id, IncarnationReport report, string? claim, Heartbeat? last);

    /// <summary>Saves a checkpoint.</summary>
    /// <param name="id">The agent.</param>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="isRepeat">Whether this very one was sent before, and may be there: it is then not saved twice.</param>
    /// <returns>False when it is fenced.</returns>
    Task<bool> SaveCheckpointAsync(AgentId id, Checkpoint checkpoint, bool isRepeat = false);

    /// <summary>The checkpoints of an agent, newest first.</summary>
    Task<IReadOnlyList<StoredRecord<Checkpoint>>> LoadCheckpointsAsync(AgentId id, int limit);

    /// <summary>
    /// Who is due at <paramref name="now"/>, the longest due first: at most <paramref name="limit"/> of each schedule, after the first
    /// <paramref name="skip"/>.
    /// </summary>
    Task<DueAgents> DueAsync(int partition, DateTimeOffset now, int limit, int skip = 0);

    /// <summary>All that is known about these agents of one partition, in their order.</summary>
    Task<IReadOnlyList<AgentSnapshot>> LoadAsync(int partition, IReadOnlyList<AgentId> ids);

    /// <summary>The members of a group, in no order. Some may be gone.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="name">The group's name.</param>
    /// <param name="known">Members by their definitions; which of them the store does not list, it lists from now on.</param>
    Task<IReadOnlyList<AgentId>> GroupAsync(int partition, string name, IReadOnlyCollection<AgentId> known);

    /// <summary>
    /// Begins the term of a supervisor, and ends that of every one before it, which may be frozen and not know: what they write about the
    /// partition is refused from then on. (What they decide on agents is refused by what stands there of the agents.)
    /// </summary>
    /// <returns>The term, greater than any before that the store has not lost.</returns>
    Task<long> BeginTermAsync(int partition);

    /// <summary>Notes that a round was finished, and since when everybody could be heard.</summary>
    /// <exception cref="SupersededException">The term is over.</exception>
    Task NoteRoundAsync(int partition, long term, LastRound round);

    /// <summary>What the partition's supervisor, whichever it was, last noted; null if none ever did.</summary>
    Task<LastRound?> LastRoundAsync(int partition);

    /// <summary>Writes a decision.</summary>
    Task<CommitOutcome> CommitAsync(CommitRequest request);

    /// <summary>
    /// Looks whether the partition's store still is what is remembered of it. When it has lost writes, it grants no number up to
    /// <paramref name="floor"/> from then on. A store that was never looked at is given its mark.
    /// </summary>
    Task<StoreRecall> RecallAsync(int partition, StoreMark? known, long floor, bool isLost);

    /// <summary>The number that the first incarnation of a new agent must be greater than.</summary>
    Task<long> IncarnationFloorAsync(int partition);

    /// <summary>Takes a due member that no agent's record stands behind out of the deadlines, restarts and looks, and keeps a note of it.</summary>
    Task SetAsideAsync(int partition, string member, string why);

    /// <summary>
    /// Makes the agent's places among looks and restarts what its state says, if the state is still <paramref name="state"/>:
    /// what a broken commit left would be due for ever.
    /// </summary>
    Task TidyAsync(AgentId id, StoredRecord<HealthState> state);

    /// <summary>Takes an agent out of the list of a status that its state, if still <paramref name="state"/>, does not have.</summary>
    Task TidyStatusAsync(AgentId id, StoredRecord<HealthState> state, AgentStatus listed);

    /// <summary>
    /// Renames what stands under the partition's keys, and the agent's if one is given, and is of another type than belongs
    /// there, so that it does not stop the supervisor for everybody. Nothing is deleted.
    /// </summary>
    /// <returns>The keys that were renamed.</returns>
    Task<IReadOnlyList<string>> SetWrongTypesAsideAsync(int partition, AgentId? id);

    /// <summary>
    /// The highest incarnation that stands among the deadlines for an agent whose state cannot be read; null if none does. Scans
    /// all of them.
    /// </summary>
    Task<long?> FindIncarnationAsync(AgentId id);

    /// <summary>Hosts that claimed incarnations of this partition.</summary>
    Task<IReadOnlyList<string>> HostsAsync(int partition);

    /// <summary>The incarnations that a host claimed.</summary>
    Task<IReadOnlyList<ClaimedIncarnation>> ClaimsOfAsync(int partition, string host);

    /// <summary>The deadlines of incarnations, in their order; null for those that have none.</summary>
    Task<IReadOnlyList<DateTimeOffset?>> DeadlinesAsync(int partition, IReadOnlyList<ClaimedIncarnation> claims);

    /// <summary>Forgets claims of a host that is dead and whose incarnations are no longer current.</summary>
    Task ForgetClaimsAsync(int partition, string host, IReadOnlyList<ClaimedIncarnation> claims);

    /// <summary>How many incarnations a host claimed.</summary>
    Task<long> CountClaimsAsync(int partition, string host);

    /// <summary>Forgets a host that has no claims left.</summary>
    Task ForgetHostAsync(int partition, string host);

    /// <summary>Adds an action about the whole partition to its log.</summary>
    /// <exception cref="SupersededException">The term is over.</exception>
    Task LogAsync(int partition, long term, SupervisorAction action);

    /// <summary>
    /// Actions of the fleet, or of one agent, newest first: the newest, or those older than <paramref name="before"/>. One round trip,
    /// and for older ones another for each 1,000 that are newer.
    /// </summary>
    Task<IReadOnlyList<SupervisorAction>> ActionsAsync(int partition, AgentId? id, int limit, string? before = null);

    /// <summary>
    /// What the last decisions on an agent were made on, newest first; of a removed agent for a day. One that another version
    /// wrote may be malformed to this one.
    /// </summary>
    Task<IReadOnlyList<StoredRecord<DecisionEvidence>>> EvidenceAsync(AgentId id);

    /// <summary>Every deadline of the partition that can be read.</summary>
    Task<IReadOnlyList<(AgentId Id, long Incarnation, DateTimeOffset Deadline)>> AllDeadlinesAsync(int partition);

    /// <summary>Adds what the partition did in a stretch of time; of a thousand or so the oldest falls out.</summary>
    /// <exception cref="SupersededException">The term is over.</exception>
    Task AddSampleAsync(int partition, long term, FleetSample sample);

    /// <summary>What the partition did, newest first.</summary>
    Task<IReadOnlyList<FleetSample>> SamplesAsync(int partition, int limit);

    /// <summary>Ids of one status in ordinal order, after a cursor.</summary>
    Task<IReadOnlyList<AgentId>> IdsAsync(int partition, AgentStatus status, string? after, int limit);

    /// <summary>How many agents have each stored status.</summary>
    Task<IReadOnlyDictionary<AgentStatus, long>> CountAsync(int partition);

    /// <summary>How many deadlines of the partition are past.</summary>
    Task<long> CountPastDeadlinesAsync(int partition, DateTimeOffset now);

    /// <summary>The partition's counters since the store was new.</summary>
    Task<StoreCounters> CountersAsync(int partition);

    /// <summary>Adds to counters of silences; <paramref name="kinds"/> are counted since now, unless they were before.</summary>
    Task CountSilencesAsync(int partition, IReadOnlyDictionary<string, long> increments, IReadOnlyList<string> kinds, DateTimeOffset now);

    /// <summary>The partition's counters of silences by field.</summary>
    Task<IReadOnlyDictionary<string, long>> SilencesAsync(int partition);

    /// <summary>
    /// How many records of the partition cannot be read, as whichever silo came upon them noted; at most 1,000. Looks at each once
    /// more and forgets those that were put right: one round trip where there are none.
    /// </summary>
    Task<long> CountMalformedAsync(int partition);

    /// <summary>Says what this silo is.</summary>
    Task RegisterSiloAsync(string address, SiloRecord record);

    /// <summary>Forgets a silo.</summary>
    Task ForgetSiloAsync(string address);

    /// <summary>What every silo said of itself, by address.</summary>
    Task<IReadOnlyDictionary<string, SiloRecord>> SilosAsync();

    /// <summary>The silos that are to be drained, by address.</summary>
    Task<IReadOnlyDictionary<string, SiloDrain>> DrainsAsync();

    /// <summary>Orders that the silo at an address is drained, or, with null, that it is not.</summary>
    Task DrainAsync(string address, SiloDrain? drain);

    /// <summary>The standing orders that agents rest, also those whose time is over.</summary>
    Task<IReadOnlyList<MaintenanceOrder>> MaintenanceAsync();

    /// <summary>Gives a standing order, in place of any other of its scope.</summary>
    Task SetMaintenanceAsync(MaintenanceOrder order);

    /// <summary>Takes the order of a scope back.</summary>
    /// <returns>False when there was none.</returns>
    Task<bool> EndMaintenanceAsync(string scope);

    /// <summary>Puts an order in the place of one, or with null takes it away, unless somebody gave another one since.</summary>
    Task ReplaceMaintenanceAsync(MaintenanceOrder before, MaintenanceOrder? after);

    /// <summary>Tells who listens that actions happened, to an agent or, with null, to all of a partition; a hint, lost when the store is out of reach.</summary>
    void Announce(AgentId? id);

    /// <summary>Listens for hints until the subscription is disposed.</summary>
    Task<IAsyncDisposable> SubscribeAsync(Action<AgentId?> heard);

    /// <summary>What an operator should know of the store's settings: name and value.</summary>
    Task<IReadOnlyDictionary<string, string>> SettingsAsync();
}

/// <summary>What a supervisor notes at the end of a round.</summary>
/// <param name="At">When it ended.</param>
/// <param name="HeardSince">Since when everybody could be heard; null when that is no news.</param>
/// <param name="Host">The host of the supervisor.</param>
/// <param name="RestartsUntil">Until when turns of the fleet's restarts are taken; null when that is no news.</param>
/// <param name="PanicAt">When the panic guard last saw too many silent; null when it is off.</param>
internal sealed record LastRound(
    DateTimeOffset At, DateTimeOffset? HeardSince, string? Host, DateTimeOffset? RestartsUntil = null, DateTimeOffset? PanicAt = null);

/// <summary>An incarnation that a body claimed.</summary>
internal readonly record struct ClaimedIncarnation(AgentId Id, long Incarnation);

/// <summary>Counts since the store was new.</summary>
internal sealed record StoreCounters(long Failures, long Restarts, long Recoveries, long RecoveryMs, long Beats);
