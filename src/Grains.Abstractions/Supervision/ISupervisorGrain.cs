using Orleans.Concurrency;
using OrleansHealing.Agents;

namespace OrleansHealing.Supervision;

/// <summary>
/// Judges the agents of one partition. Key: the partition's number (0 with the default of one partition). Holds nothing that
/// is not in the store.
/// </summary>
[Alias("healing.ISupervisorGrain")]
public interface ISupervisorGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Takes on new agents, grants their first incarnations, and answers in their order. The definitions must have been checked. Each is taken
    /// on whole or not at all, and that the store fails one says nothing about the others.
    /// </summary>
    [Alias("spawn")]
    Task<SpawnAnswer[]> SpawnAsync(NewAgent[] agents);

    /// <summary>Carries out a person's order.</summary>
    [Alias("command")]
    Task<CommandResult> CommandAsync(AgentId id, AgentCommand command);

    /// <summary>
    /// "Something was written about these agents, look now"; with none of them, about standing orders. Only a hint: a lost one is
    /// a delay until the next deadline, or of a second. Answers when it has looked, so that who tells of many tells of them together.
    /// </summary>
    [Alias("nudge")]
    Task NudgeAsync(AgentId[] ids);

    /// <summary>
    /// Says of each of these bodies, which run and which the store does not know, whether it goes on. One that does is taken back
    /// under supervision as it is: nothing is started.
    /// </summary>
    [Alias("adopt")]
    Task<BodyVerdict[]> AdoptAsync(RunningBody[] bodies);

    /// <summary>Activates the supervisor if it is nowhere, and tells how it does. Never waits behind a round.</summary>
    [Alias("ping"), AlwaysInterleave]
    Task<SupervisorPulse> PingAsync();
}
