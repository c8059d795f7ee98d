using System.Text.Json;

namespace OrleansHealing.Serialization;

/// <summary>Enum values as the words that people see everywhere.</summary>
public static class Words
{
    /// <summary>The kebab-case word of <paramref name="value"/>.</summary>
    public static string ToWord<T>(this T value)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    /// <summary>The value whose word is <paramref name="word"/>; case counts.</summary>
    public static bool TryParse<T>(string? word, out T value)
        where T : struct, Enum
    {
        foreach (var candidate in Enum.GetValues<T>())
        {
            if (candidate.ToWord() == word)
            {
                value = candidate;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>All words of <typeparamref name="T"/>, for messages: <c>"a, b, c"</c>.</summary>
    public static string List<T>()
        where T : struct, Enum => string.Join(", ", Enum.GetValues<T>().Select(v => v.ToWord()));
}
