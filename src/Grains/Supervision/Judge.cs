using Microsoft.Extensions.Logging;
using OrleansHealing.Agents;
using OrleansHealing.Backends;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
using OrleansHealing.Serialization;
using OrleansHealing.Telemetry;

namespace OrleansHealing.Supervision;

/// <summary>
/// The thin shell around the decision, for one partition: reads the records, has it decided, commits, and passes the order on.
/// Not safe for two callers at once; its grain's turns see to that.
/// </summary>
internal sealed partial class Judge
{
    private const int Chunk = 200;
    private const int PagesAtOnce = 4;

    private readonly int _partition;
    private readonly IHeartbeatStore _store;
    private readonly StoreClock _clock;
    private readonly AgentKinds _kinds;
    private readonly IBackendOrders _backends;
    private readonly ISiloDirectory _silos;
    private readonly HealingMetrics _metrics;
    private readonly HealingOptions _options;
    private readonly Random _random;
    private readonly ILogger<Judge> _logger;

    // Commits of one round run side by side. On a grain's scheduler they take turns; elsewhere they need not.
    private readonly Lock _lock = new();
    private readonly KnownFaults _knownFaults = new();
    private readonly FleetSampler _sampler = new();
    private readonly Func<AgentSnapshot, SupervisionPolicy, Circumstances, Decision?> _decide = SupervisorDecision.Judge;
    private long? _term;
    private TimeSpan _askedAt;
    private int _skip;
    private IReadOnlySet<string> _deadHosts = new HashSet<string>();
    private IReadOnlySet<string> _silentHosts = new HashSet<string>();
    private IReadOnlyDictionary<string, string> _siloNames = new Dictionary<string, string>();

    public Judge(
        int partition, IHeartbeatStore store, StoreClock clock, AgentKinds kinds, IBackendOrders backends, ISiloDirectory silos,
        HealingMetrics metrics, HealingOptions options, Random random, ILogger<Judge> logger)
    {
        _partition = partition;
        _store = store;
        _clock = clock;
        _kinds = kinds;
        _backends = backends;
        _silos = silos;
        _metrics = metrics;
        _options = options;
        _random = random;
        _logger = logger;
        _budget = new RestartBudget(options.RestartsPerSecond / options.Partitions, Math.Max(1, options.RestartBurst / options.Partitions));
        _panic = new PanicGuard(options);
        _ramps = new RestartRamps(options);
        _breakers = new Breakers(options);
        Hearing = new Hearing(clock, options);
    }

    /// <summary>The decision that it judges by; tests plant a faulty one to show that they would notice.</summary>
    public Func<AgentSnapshot, SupervisionPolicy, Circumstances, Decision?> Decide
    {
        private get => (snapshot, policy, circumstances) => _decide(snapshot, policy, circumstances) is { } decision
            ? decision with { Inputs = DecisionInputs.OfJudge(snapshot, policy, circumstances) }
            : null;
        init => _decide = value;
    }

    /// <summary>Since when silence proves anything.</summary>
    public Hearing Hearing { get; }

    /// <summary>When it last got through a round, or a part of a long one; null when it never did.</summary>
    public TimeSpan? AtWorkAt { get; private set; }

    /// <summary>Judges everybody who is due.</summary>
    /// <returns>How long nobody else is.</returns>
    /// <exception cref="SupersededException">A later supervisor has the partition, and this one is to stop.</exception>
    public async Task<TimeSpan> RoundAsync(int maxDue)
    {
        try
        {
            return await Hearing.TurnAsync(() => LookAsync(maxDue));
        }
        catch (Exception e) when (StoreOutage.IsWrongType(e))
        {
            if (!await SetWrongTypesAsideAsync(null))
            {
                throw;
            }

            return TimeSpan.Zero;
        }
    }

    /// <summary>Judges these agents, of whom something was told, by what stands in the store now.</summary>
    public Task NudgeAsync(IReadOnlyCollection<AgentId> ids) => Hearing.TurnAsync(() =>
    {
        CheckClock();
        return JudgeAsync(ids, null);
    });

    private async Task<int> JudgeAsync(IReadOnlyCollection<AgentId> ids, IReadOnlySet<AgentId>? scheduled)
    {
        var committed = 0;
        var left = ids.Count;
        foreach (var chunk in ids.Chunk(Chunk))
        {
            committed += await JudgeAsync(await LoadAsync(chunk), scheduled);
            left -= chunk.Length;
            if (left > 0 && _hasLookedBack)
            {
                // Who judges many is at work, and must not look like one that is not. Before its first round, a nudge may be the first that it
                // hears, it notes nothing over what the one before it left.
                await NoteAtWorkAsync();
            }
        }

        return committed + await FollowUpAsync();
    }

    private async Task<TimeSpan> LookAsync(int maxDue)
    {
        CheckClock();
        CheckLosses();
        await LookBackAsync();
        await LookAtMaintenanceAsync();
        var (asked, askedAt) = (_clock.Now, _clock.Monotonic);
        var due = await Hearing.ListenAsync(() => _store.DueAsync(_partition, asked, maxDue, _skip));
        foreach (var orphan in due.Orphans)
        {
            LogOrphan(_logger, _partition, orphan);
            await _store.SetAsideAsync(_partition, orphan, "is no agent#incarnation");
        }

        var lost = await FindLostAsync();
        var committed = await JudgeAsync([.. due.Ids.Union(lost)], due.Scheduled);
        if (_panic.IsOn && due.Ids.Count == 0)
        {
            await LookForPanicAsync([]);
        }

        var hasMoreToSweep = await SweepAsync();
        await NoteForFleetAsync();
        await SampleAsync();
        await NoteAtWorkAsync();
        var hasMoreDue = TurnPage(due, maxDue, committed);
        if (hasMoreDue || hasMoreToSweep)
        {
            return TimeSpan.Zero;
        }

        // Where the clock was put right meanwhile, and is behind now, some that were due are due yet.
        var ahead = asked + (_clock.Monotonic - askedAt) - _clock.Now;
        var sleep = ahead > TimeSpan.Zero ? ahead : due.NextAt is { } next ? next - _clock.Now : _options.MaxSleep;
        return sleep < TimeSpan.Zero ? TimeSpan.Zero : sleep > _options.MaxSleep ? _options.MaxSleep : sleep;
    }

    /// <summary>
    /// Those that are due and cannot be judged yet stand first and may fill a page; whoever stands behind them is looked at all the
    /// same, some pages at a time. While nobody can be judged there is nobody to be found.
    /// </summary>
    /// <returns>Whether to go on at once.</returns>
    private bool TurnPage(DueAgents due, int maxDue, int committed)
    {
        if (due.HasMore && committed > 0)
        {
            // Whoever was judged has made room on this page.
            return true;
        }

        if (!due.HasMore || Hearing.Hold is not null)
        {
            _skip = 0;
            return false;
        }

        _skip += maxDue;
        return _skip % (PagesAtOnce * maxDue) != 0;
    }

    private async Task<long> TermAsync() => _term ??= await _store.BeginTermAsync(_partition);

    private async Task NoteAtWorkAsync()
    {
        await _store.NoteRoundAsync(_partition, await TermAsync(), new LastRound(_clock.Now, Hearing.Everybody, _silos.Self.Host, _budget.TakenUntil, _panic.LastSeen));
        AtWorkAt = _clock.Monotonic;
    }

    private async Task<IReadOnlyList<AgentSnapshot>> LoadAsync(IReadOnlyList<AgentId> ids)
    {
        _askedAt = _clock.Monotonic;
        var snapshots = await WithSiblingsAsync(await Hearing.ListenAsync(() => _store.LoadAsync(_partition, ids)));
        if (snapshots.Any(s => s.ClaimedBy is { } host && !_siloNames.ContainsKey(host)))
        {
            _siloNames = await _silos.NamesAsync();
        }

        return snapshots;
    }

    private async Task<int> JudgeAsync(IReadOnlyList<AgentSnapshot> snapshots, IReadOnlySet<AgentId>? scheduled)
    {
        await CompareClockAsync(snapshots);
        _silentHosts = await FindSilentAsync(snapshots);
        await LookForPanicAsync(snapshots);
        NoteFailures(snapshots);
        var results = await Task.WhenAll(snapshots.GroupBy(GroupOf, s => s).Select(s => JudgeInOrderAsync(s, scheduled)));
        await BuryAsync();
        return results.Sum();
    }

    private async Task<bool> JudgeOneAsync(AgentSnapshot snapshot, bool isScheduled)
    {
        try
        {
            Hearing.CheckFreshness();
            var decision = snapshot.State.Value is { } state ? InTurn(snapshot, state) : await RebuildAsync(snapshot);
            if (decision is null)
            {
                await (isScheduled && !IsWaiting(snapshot.State.Value) ? _store.TidyAsync(snapshot.Id, snapshot.State) : Task.CompletedTask);
                return false;
            }

            return await CommitAsync(snapshot, decision, null) is CommitOutcome.Done;
        }
        catch (Exception e) when (!StoreOutage.Is(e))
        {
            // One agent that cannot be judged must not keep the others from it. It stays due, so it is said once.
            if (_knownFaults.IsNew(snapshot.Id.Value, null, e.Message))
            {
                LogNotJudged(_logger, e, snapshot.Id);
            }

            return false;
        }
    }

    /// <summary>Whether its state itself says that it is due; otherwise its place in a schedule is a leftover.</summary>
    private bool IsWaiting(HealthState? state) => state is not null
        && (state.NextLookAt <= _clock.Now || (state.Status is AgentStatus.BackingOff && state.NextRestartAt <= _clock.Now));

    private async Task<CommitOutcome> CommitAsync(AgentSnapshot before, Decision decision, AgentDefinition? definition)
    {
        var known = await KnownAsync();
        var request = new CommitRequest
        {
            Before = before,
            Next = decision.Next,
            GoesOn = decision.GoesOn,
            Known = known,
            Granted = grants => _memory.Granted(_partition, known.Generation, grants),
            NewDeadline = decision.NewDeadline,
            OnlyIfDeadlineAtMost = decision.OnlyIfDeadlineAtMost,
            Definition = definition,
            AlsoLookAt = AffectedBy(before, decision.Next),
            Actions = decision.Actions,
            RecoveredAfter = decision.RecoveredAfter,
            Inputs = decision.Inputs,
        };
        using var round = DecisionSpans.Begin(known.Generation, before, decision, _clock.Monotonic - _askedAt, _clock.Now);
        var outcome = await WriteAsync(request);
        DecisionSpans.Tell(round, known.Generation, before, decision, outcome);
        if (outcome is CommitOutcome.Lost)
        {
            await RecallAsync(isLost: false);
        }

        if (outcome is not CommitOutcome.Done)
        {
            LogNotCommitted(_logger, before.Id, outcome);
            return outcome;
        }

        lock (_lock)
        {
            NoteSilentHost(before, decision);
            NoteForOthers(before, decision);
            _sampler.Note(decision);
            _alsoDue.UnionWith(request.AlsoLookAt);
        }

        Watcher?.Committed(before, decision);
        CountVerdict(before, decision);
        if (decision.OnlyIfDeadlineAtMost is { } missed && decision.Next?.LastFailure is { } failure)
        {
            _metrics.DeadlineActedOn(_clock.Now - missed, failure.Reason.ToWord());
        }

        GiveOrder(before, decision, definition ?? before.Definition.Value);
        Tell(before, decision);
        return outcome;
    }

    private async Task<CommitOutcome> WriteAsync(CommitRequest request)
    {
        using var span = HealingTracing.Within(HealingTracing.Commit);
        try
        {
            return await _store.CommitAsync(request);
        }
        catch (Exception e) when (StoreOutage.IsWrongType(e))
        {
            await SetWrongTypesAsideAsync(request.Before.Id);
            return CommitOutcome.Conflict;
        }
        catch (Exception e)
        {
            span.Failed(e.GetType().Name);
            throw;
        }
    }

    private void GiveOrder(AgentSnapshot before, Decision decision, AgentDefinition? definition)
    {
        switch (decision.Order)
        {
            case BackendOrder.Start:
                _backends.Start(new AgentStart
                {
                    Definition = definition!,
                    Policy = _kinds.PolicyOf(definition!),
                    Incarnation = decision.Next!.Incarnation,
                    PreviousFailure = decision.Next.LastFailure,
                    StartFrom = decision.Next.StartFrom,
                    AvoidHost = decision.Avoid,
                    FirstIncarnation = decision.Next.FirstIncarnation,
                });
                break;
            case BackendOrder.Stop:
            case BackendOrder.None when IsLeftBehind(before, decision, definition):
                _backends.Stop(new AgentStop(before.Id, definition?.Kind ?? "", before.State.Value!.Incarnation));
                break;
        }
    }

    /// <summary>
    /// Whether something outside the cluster may be left of an incarnation that failed, and no start of the next ends it soon: it may
    /// hang, be frozen, or not care that it is refused. A body on a silo sees to its end itself.
    /// </summary>
    private bool IsLeftBehind(AgentSnapshot before, Decision decision, AgentDefinition? definition) =>
        before.State.Value is { IsPromised: true } && decision.Next is { IsPromised: false } && definition is not null && _kinds.Find(definition.Kind) is { Create: null };

    private SupervisionPolicy PolicyOf(AgentSnapshot snapshot) =>
        snapshot.Definition.Value is { } definition ? _kinds.PolicyOf(definition) : _options.ToPolicy();

    private Circumstances Now(SupervisionPolicy policy)
    {
        // In this order: a step of the clock that comes in between holds what is decided on the time before it.
        var now = _clock.Now;
        CheckClock();
        return new()
        {
            Now = now,
            Random = _random.NextDouble(),
            HeardSince = Hearing.Since(policy),
            IncarnationFloor = _memory.Known(_partition)?.Floor ?? 0,
            DeadHosts = _deadHosts,
            SilentHosts = _silentHosts,
            SiloNames = _siloNames,
            Probation = _options.Probation,
            FailuresPerSilo = _options.FailuresPerSilo,
        };
    }

    [LoggerMessage(1221, LogLevel.Debug, "A decision on agent {AgentId} was not committed: {Outcome}")]
    private static partial void LogNotCommitted(ILogger logger, AgentId agentId, CommitOutcome outcome);

    [LoggerMessage(1223, LogLevel.Error, "Agent {AgentId} could not be judged")]
    private static partial void LogNotJudged(ILogger logger, Exception exception, AgentId agentId);

    [LoggerMessage(1224, LogLevel.Error, "Under '{Key}' stood something of another type than belongs there; it was renamed so that supervision goes on")]
    private static partial void LogWrongType(ILogger logger, string key);

    [LoggerMessage(1222, LogLevel.Warning, "'{Member}' among the deadlines of partition {Partition} belongs to no agent; it is set aside")]
    private static partial void LogOrphan(ILogger logger, int partition, string member);
}
