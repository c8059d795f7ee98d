using OrleansHealing.Agents;
using OrleansHealing.Fleet;

namespace OrleansHealing.Supervision;

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
