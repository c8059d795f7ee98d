using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Text;
using System.Text.Json.Serialization;
using OrleansHealing.Serialization;

namespace OrleansHealing.Agents;

/// <summary>
/// The name of one agent: 1 to 128 characters out of <c>A-Z a-z 0-9 . _ : -</c>, the first a letter or a digit.
/// The set leaves out what would need escaping in a URL, a shell or the store's <c>id#incarnation</c> members.
/// </summary>
[GenerateSerializer, Immutable, Alias("healing.AgentId")]
[JsonConverter(typeof(AgentIdJsonConverter))]
public readonly record struct AgentId : IComparable<AgentId>
{
    /// <summary>The longest id that is taken, in characters.</summary>
    public const int MaxLength = 128;

    /// <summary>The rule in words, for error messages.</summary>
    public const string Rule = "must be 1 to 128 characters out of A-Z a-z 0-9 . _ : - and start with a letter or a digit";

    private AgentId(string value) => Value = value;

    /// <summary>The id as text; never null for an id made by <see cref="Parse"/> or <see cref="TryParse"/>.</summary>
    [Id(0)]
    public string Value { get; private init; }

    /// <summary>Takes <paramref name="text"/> as an id.</summary>
    /// <exception cref="FormatException">The text breaks <see cref="Rule"/>.</exception>
    public static AgentId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{Shorten(text)}' is no agent id: it {Rule}.");

    /// <summary>Takes <paramref name="text"/> as an id, or says no.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out AgentId id)
    {
        id = default;
        if (text is null || text.Length is 0 or > MaxLength || !char.IsAsciiLetterOrDigit(text[0]))
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or ':' or '-'))
            {
                return false;
            }
        }

        id = new AgentId(text);
        return true;
    }

    /// <summary>
    /// The partition that supervises this agent: a hash that is the same in every process and version (XxHash3 of the
    /// UTF-8 bytes, modulo <paramref name="partitions"/>).
    /// </summary>
    public int PartitionOf(int partitions) =>
        partitions <= 1 ? 0 : (int)(XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(Value)) % (ulong)partitions);

    /// <inheritdoc/>
    public int CompareTo(AgentId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;

    /// <summary>Ordinal order of the text.</summary>
    public static bool operator <(AgentId left, AgentId right) => left.CompareTo(right) < 0;

    /// <summary>Ordinal order of the text.</summary>
    public static bool operator >(AgentId left, AgentId right) => left.CompareTo(right) > 0;

    /// <summary>Ordinal order of the text.</summary>
    public static bool operator <=(AgentId left, AgentId right) => left.CompareTo(right) <= 0;

    /// <summary>Ordinal order of the text.</summary>
    public static bool operator >=(AgentId left, AgentId right) => left.CompareTo(right) >= 0;

    private static string Shorten(string? text) => text switch
    {
        null => "null",
        { Length: > 40 } => string.Concat(text.AsSpan(0, 40), "…"),
        _ => text,
    };
}
