using System.Text.Json.Serialization;
using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using OrleansHealing.Serialization;

namespace OrleansHealing.Supervision;

/// <summary>What a person can order.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<CommandKind>))]
public enum CommandKind
{
    /// <summary>Grant the next incarnation now. No failure is counted.</summary>
    Restart,

    /// <summary>Stop it and let it rest until it is resumed, or the time of the pause is over.</summary>
    Pause,

    /// <summary>End the pause.</summary>
    Resume,

    /// <summary>Let it out of quarantine, with its failures forgotten.</summary>
    Release,

    /// <summary>Stop it and forget it, checkpoints included.</summary>
    Remove,
}

/// <summary>A person's order, with who and why.</summary>
/// <param name="Kind">What.</param>
/// <param name="Actor">Who; shown in the action log.</param>
/// <param name="Reason">Why, if it was said.</param>
/// <param name="For">How long a pause lasts; null: until somebody ends it.</param>
/// <param name="IfIncarnation">Only if the agent is at this incarnation, so that an order that is sent again is carried out once; null: at any.</param>
[GenerateSerializer, Immutable, Alias("healing.AgentCommand")]
public sealed record AgentCommand(
    [property: Id(0)] CommandKind Kind,
    [property: Id(1)] string Actor,
    [property: Id(2)] string? Reason = null,
    [property: Id(3)] TimeSpan? For = null,
    [property: Id(4), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? IfIncarnation = null);

/// <summary>How a command ended.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<CommandOutcome>))]
public enum CommandOutcome
{
    /// <summary>Done, or it was so already.</summary>
    Ok,

    /// <summary>There is no such agent.</summary>
    NotFound,

    /// <summary>It is not in a state for this.</summary>
    Conflict,

    /// <summary>The input is wrong.</summary>
    Invalid,
}

/// <summary>How a command ended, and why not if it did not.</summary>
[GenerateSerializer, Immutable, Alias("healing.CommandResult")]
public sealed record CommandResult
{
    /// <summary>How it ended.</summary>
    [Id(0)]
    public required CommandOutcome Outcome { get; init; }

    /// <summary>A sentence for a person.</summary>
    [Id(1)]
    public required string Message { get; init; }

    /// <summary>Every fault of the input, when it is <see cref="CommandOutcome.Invalid"/>.</summary>
    [Id(2)]
    public IReadOnlyList<Fault> Faults { get; init; } = [];

    /// <summary>The incarnation that the command was about or granted.</summary>
    [Id(3)]
    public long? Incarnation { get; init; }

    /// <summary>It was done.</summary>
    public static CommandResult Done(string message, long? incarnation = null) =>
        new() { Outcome = CommandOutcome.Ok, Message = message, Incarnation = incarnation };

    /// <summary>There is no such agent.</summary>
    public static CommandResult NotFound(string id) =>
        new() { Outcome = CommandOutcome.NotFound, Message = $"There is no agent '{id}'." };

    /// <summary>It cannot be done in the agent's state.</summary>
    public static CommandResult Conflict(string message) => new() { Outcome = CommandOutcome.Conflict, Message = message };

    /// <summary>The agent is at <paramref name="now"/>, and the order was for <paramref name="expected"/>.</summary>
    public static CommandResult OtherIncarnation(AgentId id, long now, long expected) =>
        Conflict($"Agent '{id}' is at incarnation {now}, not {expected}; nothing was done.") with { Incarnation = now };

    /// <summary>The input is wrong.</summary>
    public static CommandResult Invalid(IReadOnlyList<Fault> faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        return new() { Outcome = CommandOutcome.Invalid, Message = string.Join("; ", faults), Faults = faults };
    }
}
