using OrleansHealing.Fleet;

namespace OrleansHealing.Supervision;

/// <summary>The rules that a person's order keeps, by whichever entrance it comes.</summary>
public static class CommandRules
{
    /// <summary>The longest name of who gives an order, characters; a longer one is cut, since nobody chose it.</summary>
    public const int MaxActorLength = 128;

    /// <summary>The longest reason, characters.</summary>
    public const int MaxReasonLength = 500;

    /// <summary>The longest pause that ends by itself; a longer one is as good as one without an end.</summary>
    public static readonly TimeSpan MaxPause = TimeSpan.FromDays(365);

    /// <summary>Every fault of <paramref name="command"/>.</summary>
    public static IEnumerable<Fault> Check(AgentCommand command)
    {
        ArgumentNullException.ThrowIfNull(command);
        if (TooLong(command.Reason, MaxReasonLength) is { } rule)
        {
            yield return new Fault("reason", rule);
        }

        if (command is { For: not null, Kind: not CommandKind.Pause })
        {
            yield return new Fault("forSeconds", "is for a pause alone");
        }
        else if (PauseFault(command.For) is { } fault)
        {
            yield return fault;
        }
    }

    /// <summary>The actor as the log takes it.</summary>
    public static string Actor(string actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        return actor.Length <= MaxActorLength ? actor : actor[..MaxActorLength];
    }

    /// <summary>The fault of how long a pause is to last; null when there is none.</summary>
    internal static Fault? PauseFault(TimeSpan? span) => span is { } s && (s <= TimeSpan.Zero || s > MaxPause)
        ? new Fault("forSeconds", FormattableString.Invariant($"must be over 0 and at most {MaxPause.TotalSeconds} (it is {s.TotalSeconds})"))
        : null;

    /// <summary>The rule that <paramref name="text"/> breaks by its length; null when it keeps it.</summary>
    public static string? TooLong(string? text, int max) =>
        text?.Length > max ? FormattableString.Invariant($"must be at most {max} characters (it is {text.Length})") : null;
}
