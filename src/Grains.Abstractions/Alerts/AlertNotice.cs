using OrleansHealing.Agents;

namespace OrleansHealing.Alerts;

/// <summary>What a sink is to tell. It may come more than once, always under the same <see cref="Key"/> and <see cref="MessageId"/>.</summary>
public sealed record AlertNotice
{
    /// <summary>What it is about, the same from the first word of it to the last, and over attempts: what receivers know doubles by.</summary>
    public required string Key { get; init; }

    /// <summary>Of this message alone, the same in each attempt to send it.</summary>
    public required string MessageId { get; init; }

    /// <summary>Whether it holds or is over.</summary>
    public required AlertState State { get; init; }

    /// <summary>What holds.</summary>
    public required AlertCondition Condition { get; init; }

    /// <summary>How bad it is; the same from its first word to its last.</summary>
    public required AlertSeverity Severity { get; init; }

    /// <summary>What it is about, in a sentence of at most 250 characters.</summary>
    public required string Summary { get; init; }

    /// <summary>Why, with the numbers; at most 1,000 characters.</summary>
    public string? Details { get; init; }

    /// <summary>The fleet, by its name in alerts.</summary>
    public required string Fleet { get; init; }

    /// <summary>The agent, when it is about one.</summary>
    public AgentId? AgentId { get; init; }

    /// <summary>The agent's labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>How many agents it is about, when it is about many.</summary>
    public long? Count { get; init; }

    /// <summary>Since when, in the store's time.</summary>
    public required DateTimeOffset BeganAt { get; init; }

    /// <summary>Until when; null while it holds.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Where a person looks; null when no address of the page is set.</summary>
    public Uri? Link { get; init; }
}
