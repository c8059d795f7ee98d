using System.Diagnostics;
using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;
using StackExchange.Redis;

namespace OrleansHealing.Tests.Heartbeats;

/// <summary>A store that takes beats, refuses them as one out of reach does, or hangs.</summary>
internal sealed class FlakyStore : IHeartbeatStore
{
    private readonly Lock _lock = new();
    private readonly List<BeatEntry> _taken = [];
    private readonly HashSet<AgentId> _fenced = [];
    private TaskCompletionSource? _hang;
    private bool _isAway;
    private Exception? _failure;
    private int _refused;
    private int _asked;

    public int Partitions => 1;

    public void Go(bool away, Exception? failure = null)
    {
        lock (_lock)
        {
            _isAway = away;
            _failure = failure;
        }
    }

    public void Hang() => _hang = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => _hang!.SetResult();

    public void Fence(AgentId id) => _fenced.Add(id);

    /// <summary>Knows the agent again.</summary>
    public void Heal(bool does)
    {
        if (does)
        {
            _fenced.Clear();
        }
    }

    /// <summary>How many calls were refused so far.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>How many heartbeats were taken so far.</summary>
    public int Taken
    {
        get
        {
            lock (_lock)
            {
                return _taken.Count;
            }
        }
    }

    public Task RefusedAsync() => UntilAsync("a refused call", () => _refused > 0);

    public Task AskedAsync() => UntilAsync("a batch", () => _asked > 0);

    public async Task<IReadOnlyList<BeatEntry>> TakenAsync(int count)
    {
        await UntilAsync($"{count} beats", () => _taken.Count >= count);
        lock (_lock)
        {
            return [.. _taken];
        }
    }

    public async Task<IReadOnlyList<int>> BeatAsync(int partition, IReadOnlyList<BeatEntry> beats)
    {
        lock (_lock)
        {
            _asked++;
        }

        if (_hang is { } hang)
        {
            await hang.Task;
        }

        lock (_lock)
        {
            RefuseIfAway();
            _taken.AddRange(beats);
            return [.. Enumerable.Range(0, beats.Count).Where(i => _fenced.Contains(beats[i].Id))];
        }
    }

    public Task SynchronizeClockAsync() => throw new NotSupportedException();

    public Task WarmUpAsync() => throw new NotSupportedException();

    public Task<long> BeginTermAsync(int partition) => throw new NotSupportedException();

    public Task NoteRoundAsync(int partition, long term, LastRound round) => throw new NotSupportedException();

    public Task<LastRound?> LastRoundAsync(int partition) => throw new NotSupportedException();

    public Task<bool> ClaimAsync(AgentId id, Heartbeat first, string run, DateTimeOffset deadline) => throw new NotSupportedException();

    public Task<bool> ReportAsync(AgentId id, IncarnationReport report, string? claim, Heartbeat? last) => throw new NotSupportedException();

    /// <summary>What was saved, oldest first.</summary>
    public List<Checkpoint> Checkpoints { get; } = [];

    /// <summary>Whether the last was said to have been sent before.</summary>
    public bool WasRepeat { get; private set; }

    public Task<bool> SaveCheckpointAsync(AgentId id, Checkpoint checkpoint, bool isRepeat = false)
    {
        lock (_lock)
        {
            RefuseIfAway();
            Checkpoints.Add(checkpoint);
            WasRepeat = isRepeat;
            return Task.FromResult(!_fenced.Contains(id));
        }
    }

    public Task<IReadOnlyList<StoredRecord<Checkpoint>>> LoadCheckpointsAsync(AgentId id, int limit)
    {
        lock (_lock)
        {
            RefuseIfAway();
            return Task.FromResult<IReadOnlyList<StoredRecord<Checkpoint>>>([.. Checkpoints.AsEnumerable().Reverse().Select(c => new StoredRecord<Checkpoint>(c, "", null))]);
        }
    }

    public Task<DueAgents> DueAsync(int partition, DateTimeOffset now, int limit, int skip = 0) => throw new NotSupportedException();

    public Task<IReadOnlyList<AgentId>> GroupAsync(int partition, string name, IReadOnlyCollection<AgentId> known) => throw new NotSupportedException();

    public Task<IReadOnlyList<AgentSnapshot>> LoadAsync(int partition, IReadOnlyList<AgentId> ids) => throw new NotSupportedException();

    public Task<CommitOutcome> CommitAsync(CommitRequest request) => throw new NotSupportedException();

    public Task<StoreRecall> RecallAsync(int partition, StoreMark? known, long floor, bool isLost) => throw new NotSupportedException();

    public Task<long> IncarnationFloorAsync(int partition) => throw new NotSupportedException();

    public Task SetAsideAsync(int partition, string member, string why) => throw new NotSupportedException();

    public Task<long?> FindIncarnationAsync(AgentId id) => throw new NotSupportedException();

    public Task<IReadOnlyList<string>> HostsAsync(int partition) => throw new NotSupportedException();

    public Task<IReadOnlyList<ClaimedIncarnation>> ClaimsOfAsync(int partition, string host) => throw new NotSupportedException();

    public Task<IReadOnlyList<DateTimeOffset?>> DeadlinesAsync(int partition, IReadOnlyList<ClaimedIncarnation> claims) => throw new NotSupportedException();

    public Task ForgetClaimsAsync(int partition, string host, IReadOnlyList<ClaimedIncarnation> claims) => throw new NotSupportedException();

    public Task TidyAsync(AgentId id, StoredRecord<HealthState> state) => throw new NotSupportedException();

    public Task TidyStatusAsync(AgentId id, StoredRecord<HealthState> state, AgentStatus listed) => throw new NotSupportedException();

    public Task<IReadOnlyList<string>> SetWrongTypesAsideAsync(int partition, AgentId? id) => throw new NotSupportedException();

    public Task<long> CountClaimsAsync(int partition, string host) => throw new NotSupportedException();

    public Task ForgetHostAsync(int partition, string host) => throw new NotSupportedException();

    public Task LogAsync(int partition, long term, SupervisorAction action) => throw new NotSupportedException();

    public Task<IReadOnlyList<(AgentId Id, long Incarnation, DateTimeOffset Deadline)>> AllDeadlinesAsync(int partition) => throw new NotSupportedException();

    public Task AddSampleAsync(int partition, long term, FleetSample sample) => throw new NotSupportedException();

    public Task<IReadOnlyList<FleetSample>> SamplesAsync(int partition, int limit) => throw new NotSupportedException();

    public Task<IReadOnlyList<SupervisorAction>> ActionsAsync(int partition, AgentId? id, int limit, string? before = null) => throw new NotSupportedException();

    public Task<IReadOnlyList<AgentId>> IdsAsync(int partition, AgentStatus status, string? after, int limit) => throw new NotSupportedException();

    public Task<IReadOnlyList<StoredRecord<DecisionEvidence>>> EvidenceAsync(AgentId id) => throw new NotSupportedException();

    /// <summary>What was counted of silences, call by call.</summary>
    public List<IReadOnlyDictionary<string, long>> Silences { get; } = [];

    public Task CountSilencesAsync(int partition, IReadOnlyDictionary<string, long> increments, IReadOnlyList<string> kinds, DateTimeOffset now)
    {
        lock (_lock)
        {
            RefuseIfAway();
            Silences.Add(increments);
            return Task.CompletedTask;
        }
    }

    public Task<IReadOnlyDictionary<string, long>> SilencesAsync(int partition) => throw new NotSupportedException();

    public Task<IReadOnlyDictionary<AgentStatus, long>> CountAsync(int partition) => throw new NotSupportedException();

    public Task<long> CountPastDeadlinesAsync(int partition, DateTimeOffset now) => throw new NotSupportedException();

    public Task<long> CountMalformedAsync(int partition) => throw new NotSupportedException();

    public Task<StoreCounters> CountersAsync(int partition) => throw new NotSupportedException();

    public Task RegisterSiloAsync(string address, SiloRecord record) => throw new NotSupportedException();

    public Task ForgetSiloAsync(string address) => throw new NotSupportedException();

    public Task<IReadOnlyDictionary<string, SiloRecord>> SilosAsync() => throw new NotSupportedException();

    public Task<IReadOnlyDictionary<string, SiloDrain>> DrainsAsync() => throw new NotSupportedException();

    public Task DrainAsync(string address, SiloDrain? drain) => throw new NotSupportedException();

    public Task<IReadOnlyList<MaintenanceOrder>> MaintenanceAsync() => throw new NotSupportedException();

    public Task SetMaintenanceAsync(MaintenanceOrder order) => throw new NotSupportedException();

    public Task<bool> EndMaintenanceAsync(string scope) => throw new NotSupportedException();

    public Task ReplaceMaintenanceAsync(MaintenanceOrder before, MaintenanceOrder? after) => throw new NotSupportedException();

    public void Announce(AgentId? id) => throw new NotSupportedException();

    public Task<IAsyncDisposable> SubscribeAsync(Action<AgentId?> heard) => throw new NotSupportedException();

    public Task<IReadOnlyDictionary<string, string>> SettingsAsync() => throw new NotSupportedException();

    private void RefuseIfAway()
    {
        if (_isAway)
        {
            _refused++;
            throw _failure ?? new RedisConnectionException(ConnectionFailureType.UnableToConnect, "the store is away");
        }
    }

    private async Task UntilAsync(string awaited, Func<bool> isIt)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            lock (_lock)
            {
                if (isIt())
                {
                    return;
                }

                Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"Awaited {awaited}; seen: asked {_asked}, refused {_refused}, taken {_taken.Count}");
            }

            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }
}
