using System.Runtime.ExceptionServices;
using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Serialization;

namespace OrleansHealing.Supervision;

/// <summary>New agents, people's orders, and agents whose state has to be made again.</summary>
internal sealed partial class Judge
{
    private const int MaxConflicts = 5;

    /// <summary>Takes on new agents.</summary>
    /// <returns>What became of each, in their order.</returns>
    public Task<SpawnOutcome[]> SpawnAsync(IReadOnlyList<NewAgent> agents) => Hearing.TurnAsync(() => TakeOnAsync(agents));

    /// <summary>Takes on a new agent.</summary>
    public async Task<CommandResult> SpawnAsync(AgentDefinition definition, string actor)
    {
        var outcome = (await SpawnAsync([new NewAgent(definition, actor)]))[0];
        if (outcome.Error is { } error)
        {
            ExceptionDispatchInfo.Throw(error);
        }

        return outcome.Result!;
    }

    /// <summary>Carries out a person's order.</summary>
    public Task<CommandResult> ObeyAsync(AgentId id, AgentCommand command) => Hearing.TurnAsync(() => CarryOutAsync(id, command));

    private async Task<SpawnOutcome[]> TakeOnAsync(IReadOnlyList<NewAgent> agents)
    {
        await LookAtMaintenanceAsync();
        var snapshots = await LoadNewAsync([.. agents.Select(a => a.Definition.Id)]);
        var floor = await _store.IncarnationFloorAsync(_partition);
        var results = new SpawnOutcome[agents.Count];

        // Side by side, but for those of a group, who look at each other, and of one name, of whom the first gets it.
        await Task.WhenAll(Enumerable.Range(0, agents.Count).GroupBy(i => Turn(agents[i].Definition)).Select(async turn =>
        {
            foreach (var i in turn)
            {
                try
                {
                    results[i] = new(await TakeOnAsync(agents[i], snapshots[i], floor));
                }
                catch (Exception e) when (StoreOutage.Is(e))
                {
                    // Whether it was written nobody knows. The others were, or were not, on their own.
                    results[i] = new(null, e);
                }
            }
        }));
        return results;

        static (bool IsGroup, string Name) Turn(AgentDefinition definition) =>
            definition.Group is { } group ? (true, group.Name) : (false, definition.Id.Value);
    }

    private async Task<CommandResult> TakeOnAsync(NewAgent agent, AgentSnapshot snapshot, long floor)
    {
        var (definition, actor) = (agent.Definition, agent.Actor);
        for (var attempt = 0; attempt < MaxConflicts; attempt++)
        {
            if (attempt > 0)
            {
                snapshot = (await LoadNewAsync([definition.Id]))[0];
                floor = await _store.IncarnationFloorAsync(_partition);
            }

            if (snapshot.State.Text is not null || snapshot.Definition.Text is not null)
            {
                return CommandResult.Conflict($"There is an agent '{definition.Id}' already.");
            }

            var (refusal, round) = await JoinAsync(definition);
            if (refusal is not null)
            {
                return CommandResult.Conflict(refusal);
            }

            var circumstances = Now(_kinds.PolicyOf(definition)) with { Maintenance = CoverOf(definition) };
            var inputs = DecisionInputs.OfSpawn(definition, _kinds.PolicyOf(definition), actor, floor, circumstances, round);
            var decision = inputs.Decide()! with { Inputs = inputs };
            if (await CommitAsync(snapshot, decision, definition) is CommitOutcome.Done)
            {
                return CommandResult.Done(decision.Answer ?? $"Agent '{definition.Id}' is starting.", decision.Next!.Incarnation);
            }
        }

        return CommandResult.Conflict($"Agent '{definition.Id}' is being changed by somebody else; try again.");
    }

    private Task<IReadOnlyList<AgentSnapshot>> LoadNewAsync(IReadOnlyList<AgentId> ids)
    {
        _askedAt = _clock.Monotonic;
        return _store.LoadAsync(_partition, ids);
    }

    private async Task<CommandResult> CarryOutAsync(AgentId id, AgentCommand command)
    {
        await LookAtMaintenanceAsync();
        for (var attempt = 0; attempt < MaxConflicts; attempt++)
        {
            _askedAt = _clock.Monotonic;
            var snapshot = (await WithSiblingsAsync(await _store.LoadAsync(_partition, [id])))[0];
            if (snapshot.State.IsMalformed || (snapshot.State.Value is null && snapshot.Definition.Text is not null))
            {
                await JudgeOneAsync(snapshot, isScheduled: false);
                continue;
            }

            var circumstances = Now(PolicyOf(snapshot)) with { Maintenance = CoverOf(snapshot.Definition.Value) };
            var inputs = DecisionInputs.OfObey(snapshot, command, PolicyOf(snapshot), circumstances);
            var (decision, answer) = SupervisorDecision.Obey(snapshot, command, inputs.Policy, inputs.Circumstances);
            if (answer is not null)
            {
                return answer;
            }

            if (await CommitAsync(snapshot, decision! with { Inputs = inputs }, null) is CommitOutcome.Done)
            {
                return CommandResult.Done(
                    decision!.Answer ?? $"Agent '{id}': {command.Kind.ToWord()} is under way.", decision.Next?.Incarnation ?? snapshot.State.Value!.Incarnation);
            }
        }

        return CommandResult.Conflict($"Agent '{id}' is being changed by somebody else; try again.");
    }

    private async Task<Decision?> RebuildAsync(AgentSnapshot snapshot)
    {
        if (_hurriesAfterHold && Hearing.Hold is not null)
        {
            // The store lost writes: bodies that run tell of themselves first.
            return null;
        }

        var incarnation = await _store.FindIncarnationAsync(snapshot.Id);
        if (snapshot.State.Text is null && snapshot.Definition.Text is null)
        {
            LogOrphan(_logger, _partition, snapshot.Id.Value);
            var member = incarnation is { } number ? StoreKeys.Member(snapshot.Id, number) : snapshot.Id.Value;
            await _store.SetAsideAsync(_partition, member, "no agent of this name is known");
            return null;
        }

        // What stands among the deadlines may go on. Any other number that is known was taken out, and is not granted again; nor is
        // one that nobody knows of.
        var mark = (await RecallAsync(isLost: false)).Mark;
        var floor = Math.Max(snapshot.Heartbeat.Value?.Incarnation ?? 0, mark.HighestGranted);
        var inputs = DecisionInputs.OfRebuild(snapshot, incarnation ?? floor + 1, incarnation is not null, PolicyOf(snapshot), Now(PolicyOf(snapshot)));
        return inputs.Decide()! with { Inputs = inputs };
    }
}
