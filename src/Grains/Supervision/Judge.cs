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
internal sealed partial class Judge(
    int partition, IHeartbeatStore store, StoreClock clock, AgentKinds kinds, BackendDispatcher backends, SiloDirectory silos,
    HealingMetrics metrics, HealingOptions options, Random random, ILogger<Judge> logger)
{
    private const int Chunk = 200;
    private const int MaxConflicts = 5;

    // A supervisor whose silo died is back within a second or two; more than this means that nobody judged for a while.
    private static readonly TimeSpan Unwatched = TimeSpan.FromSeconds(5);

    private IReadOnlySet<string> _deadHosts = new HashSet<string>();
    private IReadOnlyDictionary<string, string> _siloNames = new Dictionary<string, string>();
    private DateTimeOffset _heardSince = DateTimeOffset.MinValue;
    private TimeSpan? _seenStepAt;
    private string _holdReason = "";
    private bool _hasLookedBack;

    /// <summary>Why silence is not judged at the moment; null when it is.</summary>
    public string? Hold => clock.IsSynchronized && clock.Now < _heardSince + options.Timeout ? _holdReason : null;

    /// <summary>From now on every agent gets its full timeout before silence counts.</summary>
    public void HoldSilence(string reason)
    {
        _heardSince = clock.Now;
        _holdReason = reason;
    }

    /// <summary>Judges everybody who is due.</summary>
    /// <returns>How long nobody else is.</returns>
    public async Task<TimeSpan> RoundAsync(int maxDue)
    {
        if (clock.LastStepAt != _seenStepAt)
        {
            _seenStepAt = clock.LastStepAt;
            HoldSilence("the store's clock stepped");
        }

        await LookBackAsync();
        var dueTask = store.DueAsync(partition, clock.Now, maxDue);
        var lost = await FindLostAsync();
        var due = await dueTask;
        foreach (var orphan in due.Orphans)
        {
            LogOrphan(logger, partition, orphan);
            await store.SetAsideAsync(partition, orphan, "is no agent#incarnation");
        }

        var ids = due.Ids.Union(lost).ToArray();
        var committed = await JudgeAsync(ids);
        await store.NoteRoundAsync(partition, clock.Now);
        if (due.HasMore && committed > 0)
        {
            return TimeSpan.Zero;
        }

        var sleep = due.NextAt is { } next ? next - clock.Now : options.MaxSleep;
        return sleep < TimeSpan.Zero ? TimeSpan.Zero : sleep > options.MaxSleep ? options.MaxSleep : sleep;
    }

    /// <summary>Judges these agents by what stands in the store now.</summary>
    /// <returns>How many decisions were committed.</returns>
    public async Task<int> JudgeAsync(IReadOnlyCollection<AgentId> ids)
    {
        var committed = 0;
        foreach (var chunk in ids.Chunk(Chunk))
        {
            var snapshots = await store.LoadAsync(partition, chunk);
            if (snapshots.Any(s => s.ClaimedBy is { } host && !_siloNames.ContainsKey(host)))
            {
                _siloNames = await silos.NamesAsync();
            }

            var results = await Task.WhenAll(snapshots.Select(JudgeOneAsync));
            committed += results.Count(done => done);
        }

        return committed;
    }

    /// <summary>Takes on a new agent.</summary>
    public async Task<CommandResult> SpawnAsync(AgentDefinition definition, string actor)
    {
        for (var attempt = 0; attempt < MaxConflicts; attempt++)
        {
            var snapshot = (await store.LoadAsync(partition, [definition.Id]))[0];
            if (snapshot.State.Text is not null || snapshot.Definition.Text is not null)
            {
                return CommandResult.Conflict($"There is an agent '{definition.Id}' already.");
            }

            var floor = await store.IncarnationFloorAsync(partition);
            var decision = SupervisorDecision.Spawn(definition, kinds.PolicyOf(definition), actor, floor, Now());
            if (await CommitAsync(snapshot, decision, definition) is CommitOutcome.Done)
            {
                return CommandResult.Done($"Agent '{definition.Id}' is starting.", decision.Next!.Incarnation);
            }
        }

        return CommandResult.Conflict($"Agent '{definition.Id}' is being changed by somebody else; try again.");
    }

    /// <summary>Carries out a person's order.</summary>
    public async Task<CommandResult> ObeyAsync(AgentId id, AgentCommand command)
    {
        for (var attempt = 0; attempt < MaxConflicts; attempt++)
        {
            var snapshot = (await store.LoadAsync(partition, [id]))[0];
            if (snapshot.State.IsMalformed || (snapshot.State.Value is null && snapshot.Definition.Text is not null))
            {
                await JudgeOneAsync(snapshot);
                continue;
            }

            var (decision, answer) = SupervisorDecision.Obey(snapshot, command, PolicyOf(snapshot), Now());
            if (answer is not null)
            {
                return answer;
            }

            if (await CommitAsync(snapshot, decision!, null) is CommitOutcome.Done)
            {
                return CommandResult.Done(
                    $"Agent '{id}': {command.Kind.ToWord()} is under way.", decision!.Next?.Incarnation ?? snapshot.State.Value!.Incarnation);
            }
        }

        return CommandResult.Conflict($"Agent '{id}' is being changed by somebody else; try again.");
    }

    /// <summary>
    /// After a time without any supervisor, when the whole cluster was down, deadlines that passed meanwhile prove nothing:
    /// nobody was there to be heard by, or to start what was granted.
    /// </summary>
    private async Task LookBackAsync()
    {
        if (_hasLookedBack)
        {
            return;
        }

        if (await store.LastRoundAsync(partition) is { } last && clock.Now - last > Unwatched)
        {
            HoldSilence("nobody judged for a while");
        }

        _hasLookedBack = true;
    }

    private async Task<bool> JudgeOneAsync(AgentSnapshot snapshot)
    {
        try
        {
            var decision = snapshot.State.Value is null
                ? await RebuildAsync(snapshot)
                : SupervisorDecision.Judge(snapshot, PolicyOf(snapshot), Now());
            return decision is not null && await CommitAsync(snapshot, decision, null) is CommitOutcome.Done;
        }
        catch (Exception e) when (!StoreOutage.Is(e))
        {
            // One agent that cannot be judged must not keep the others from it.
            LogNotJudged(logger, e, snapshot.Id);
            return false;
        }
    }

    private async Task<Decision?> RebuildAsync(AgentSnapshot snapshot)
    {
        var incarnation = await store.FindIncarnationAsync(snapshot.Id);
        if (snapshot.State.Text is null && snapshot.Definition.Text is null)
        {
            LogOrphan(logger, partition, snapshot.Id.Value);
            var member = incarnation is { } number ? StoreKeys.Member(snapshot.Id, number) : snapshot.Id.Value;
            await store.SetAsideAsync(partition, member, "no agent of this name is known");
            return null;
        }

        var known = Math.Max(incarnation ?? 0, snapshot.Heartbeat.Value?.Incarnation ?? 0);
        var atLeast = known > 0 ? known : await store.IncarnationFloorAsync(partition) + 1;
        return SupervisorDecision.Rebuild(snapshot, atLeast, PolicyOf(snapshot), Now());
    }

    private async Task<CommitOutcome> CommitAsync(AgentSnapshot before, Decision decision, AgentDefinition? definition)
    {
        var outcome = await store.CommitAsync(new CommitRequest
        {
            Before = before,
            Next = decision.Next,
            NewDeadline = decision.NewDeadline,
            OnlyIfDeadlineAtMost = decision.OnlyIfDeadlineAtMost,
            Definition = definition,
            Actions = decision.Actions,
            RecoveredAfter = decision.RecoveredAfter,
        });
        if (outcome is not CommitOutcome.Done)
        {
            LogNotCommitted(logger, before.Id, outcome);
            return outcome;
        }

        GiveOrder(before, decision, definition ?? before.Definition.Value);
        Tell(before.Id, decision);
        return outcome;
    }

    private void GiveOrder(AgentSnapshot before, Decision decision, AgentDefinition? definition)
    {
        switch (decision.Order)
        {
            case BackendOrder.Start:
                backends.Start(new AgentStart
                {
                    Definition = definition!,
                    Policy = kinds.PolicyOf(definition!),
                    Incarnation = decision.Next!.Incarnation,
                    PreviousFailure = decision.Next.LastFailure,
                });
                break;
            case BackendOrder.Stop:
                backends.Stop(new AgentStop(before.Id, definition?.Kind ?? "", before.State.Value!.Incarnation));
                break;
        }
    }

    private void Tell(AgentId id, Decision decision)
    {
        foreach (var action in decision.Actions)
        {
            metrics.ActionCommitted(action);
            LogAction(logger, action.Action, id, action.Incarnation, action.Reason, action.Details);
        }

        if (decision.RecoveredAfter is { } after)
        {
            metrics.Recovered(after);
        }

        if (decision.Actions.Count > 0)
        {
            store.Announce(id);
        }
    }

    private async Task<IReadOnlyList<AgentId>> FindLostAsync()
    {
        var hosts = await store.HostsAsync(partition);
        _deadHosts = await silos.DeadAsync(hosts);
        if (_deadHosts.Count == 0)
        {
            return [];
        }

        var lost = new List<AgentId>();
        foreach (var host in _deadHosts)
        {
            var claims = await store.ClaimsOfAsync(partition, host);
            if (claims.Count == 0)
            {
                await store.ForgetHostAsync(partition, host);
            }

            lost.AddRange(claims);
        }

        return lost;
    }

    private SupervisionPolicy PolicyOf(AgentSnapshot snapshot) =>
        snapshot.Definition.Value is { } definition ? kinds.PolicyOf(definition) : options.ToPolicy();

    private Circumstances Now() => new()
    {
        Now = clock.Now,
        Random = random.NextDouble(),
        HeardSince = _heardSince,
        DeadHosts = _deadHosts,
        SiloNames = _siloNames,
    };

    [LoggerMessage(1220, LogLevel.Information, "{Action} agent {AgentId}, incarnation {Incarnation} ({Reason}): {Details}")]
    private static partial void LogAction(ILogger logger, ActionKind action, AgentId agentId, long incarnation, string reason, string details);

    [LoggerMessage(1221, LogLevel.Debug, "A decision on agent {AgentId} was not committed: {Outcome}")]
    private static partial void LogNotCommitted(ILogger logger, AgentId agentId, CommitOutcome outcome);

    [LoggerMessage(1223, LogLevel.Error, "Agent {AgentId} could not be judged")]
    private static partial void LogNotJudged(ILogger logger, Exception exception, AgentId agentId);

    [LoggerMessage(1222, LogLevel.Warning, "'{Member}' among the deadlines of partition {Partition} belongs to no agent; it is set aside")]
    private static partial void LogOrphan(ILogger logger, int partition, string member);
}
