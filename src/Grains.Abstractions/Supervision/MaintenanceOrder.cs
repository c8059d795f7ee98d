using System.Text.Json.Serialization;

namespace OrleansHealing.Supervision;

/// <summary>
/// A standing order that agents rest: all, or those with certain labels. It holds for whoever is there and whoever comes as
/// long as it stands, and changes nothing of what is wanted of each agent by itself.
/// </summary>
[GenerateSerializer, Immutable, Alias("healing.MaintenanceOrder")]
public sealed record MaintenanceOrder
{
    /// <summary>The scope of the whole fleet.</summary>
    public const string All = "all";

    /// <summary>The labels that an agent must have, all of them, to be meant; none: the whole fleet.</summary>
    [Id(0)]
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>Who wants it.</summary>
    [Id(1)]
    public required string Actor { get; init; }

    /// <summary>Why, if it was said.</summary>
    [Id(2), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    /// <summary>Since when, in the store's time.</summary>
    [Id(3)]
    public required DateTimeOffset At { get; init; }

    /// <summary>Until when, in the store's time; null: until somebody ends it.</summary>
    [Id(4), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? Until { get; init; }

    /// <summary>Whom it means, in a word: <see cref="All"/>, or <c>team=a,zone=b</c>. There is one order of a scope at most.</summary>
    [JsonIgnore]
    public string Scope => ScopeOf(Labels);

    /// <summary>Whom it means, in a sentence.</summary>
    [JsonIgnore]
    public string ScopeInWords => Labels.Count == 0 ? "the whole fleet" : $"agents with {Scope}";

    /// <summary>The scope of a set of labels.</summary>
    public static string ScopeOf(IReadOnlyDictionary<string, string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        return labels.Count == 0 ? All : string.Join(',', labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{Escape(l.Key).Replace("=", "\\=", StringComparison.Ordinal)}={Escape(l.Value)}"));

        // Two sets of labels must never have one scope.
        static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal);
    }

    /// <summary>The order that holds an agent with these labels at <paramref name="now"/>, of several the one that lasts longest; null when none does.</summary>
    public static MaintenanceOrder? Covering(IEnumerable<MaintenanceOrder> orders, IReadOnlyDictionary<string, string>? labels, DateTimeOffset now) => orders
        .Where(o => !(o.Until <= now) && o.Labels.All(l => labels?.TryGetValue(l.Key, out var value) is true && value == l.Value))
        .OrderByDescending(o => o.Until ?? DateTimeOffset.MaxValue).ThenBy(o => o.Scope, StringComparer.Ordinal).FirstOrDefault();

    /// <summary>By what they say; whether their labels stand in the same order does not matter.</summary>
    public bool Equals(MaintenanceOrder? other) => other is not null
        && (Scope, Actor, Reason, At, Until) == (other.Scope, other.Actor, other.Reason, other.At, other.Until);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Scope, Actor, Reason, At, Until);
}
