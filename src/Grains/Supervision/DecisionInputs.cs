using System.Text.Json.Serialization;
using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Serialization;

namespace OrleansHealing.Supervision;

/// <summary>What is asked of <see cref="SupervisorDecision"/>.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<DecisionEntry>))]
internal enum DecisionEntry
{
    /// <summary>What is to be done about an agent.</summary>
    Judge,

    /// <summary>To carry out a person's order.</summary>
    Obey,

    /// <summary>To take on a new agent.</summary>
    Spawn,

    /// <summary>To make a lost state again.</summary>
    Rebuild,

    /// <summary>To take back a body that runs and that the store has lost.</summary>
    Adopt,
}

/// <summary>All that one decision is made on, so that it can be made again.</summary>
internal sealed record DecisionInputs
{
    public required DecisionEntry Entry { get; init; }

    /// <summary>What the store held of the agent; of a spawn nothing but the new definition.</summary>
    public required AgentSnapshot Snapshot { get; init; }

    public required SupervisionPolicy Policy { get; init; }

    public required Circumstances Circumstances { get; init; }

    /// <summary>The order, of <see cref="DecisionEntry.Obey"/>.</summary>
    public AgentCommand? Command { get; init; }

    /// <summary>Who spawns it, of <see cref="DecisionEntry.Spawn"/>.</summary>
    public string? Actor { get; init; }

    /// <summary>The number under the first incarnation of a spawn.</summary>
    public long? IncarnationFloor { get; init; }

    /// <summary>The incarnation that a rebuilt state is given.</summary>
    public long? Incarnation { get; init; }

    /// <summary>Whether that incarnation is one that may go on, and not a new one.</summary>
    public bool? GoesOn { get; init; }

    /// <summary>Which restart of its group a spawned agent joins.</summary>
    public long GroupRound { get; init; }

    /// <summary>The body, of <see cref="DecisionEntry.Adopt"/>.</summary>
    public RunningBody? Body { get; init; }

    public static DecisionInputs OfJudge(AgentSnapshot snapshot, SupervisionPolicy policy, Circumstances circumstances) =>
        new() { Entry = DecisionEntry.Judge, Snapshot = snapshot, Policy = policy, Circumstances = circumstances };

    public static DecisionInputs OfObey(AgentSnapshot snapshot, AgentCommand command, SupervisionPolicy policy, Circumstances circumstances) =>
        new() { Entry = DecisionEntry.Obey, Snapshot = snapshot, Policy = policy, Circumstances = circumstances, Command = command };

    public static DecisionInputs OfSpawn(
        AgentDefinition definition, SupervisionPolicy policy, string actor, long floor, Circumstances circumstances, long groupRound = 0) => new()
        {
            Entry = DecisionEntry.Spawn,
            Snapshot = new AgentSnapshot
            {
                Id = definition.Id,
                Definition = new StoredRecord<AgentDefinition>(definition, "", null),
                State = default,
                Heartbeat = default,
                Report = default,
            },
            Policy = policy,
            Circumstances = circumstances,
            Actor = actor,
            IncarnationFloor = floor,
            GroupRound = groupRound,
        };

    public static DecisionInputs OfRebuild(AgentSnapshot snapshot, long incarnation, bool goesOn, SupervisionPolicy policy, Circumstances circumstances) => new()
    {
        Entry = DecisionEntry.Rebuild,
        Snapshot = snapshot,
        Policy = policy,
        Circumstances = circumstances,
        Incarnation = incarnation,
        GoesOn = goesOn,
    };

    public static DecisionInputs OfAdoption(AgentSnapshot snapshot, RunningBody body, SupervisionPolicy policy, Circumstances circumstances) =>
        new() { Entry = DecisionEntry.Adopt, Snapshot = snapshot, Policy = policy, Circumstances = circumstances, Body = body };

    /// <summary>Decides; null when nothing comes of it.</summary>
    public Decision? Decide(DecisionTrace? trace = null)
    {
        var circumstances = Circumstances with { Trace = trace };
        return Entry switch
        {
            DecisionEntry.Judge => SupervisorDecision.Judge(Snapshot, Policy, circumstances),
            DecisionEntry.Obey => SupervisorDecision.Obey(Snapshot, Command!, Policy, circumstances).Decision,
            DecisionEntry.Spawn => SupervisorDecision.Spawn(Snapshot.Definition.Value!, Policy, Actor!, IncarnationFloor!.Value, circumstances, GroupRound),
            DecisionEntry.Adopt => SupervisorDecision.Adopt(Snapshot, Body!, Policy, circumstances),
            _ => SupervisorDecision.Rebuild(Snapshot, Incarnation!.Value, GoesOn is not false, Policy, circumstances),
        };
    }
}
