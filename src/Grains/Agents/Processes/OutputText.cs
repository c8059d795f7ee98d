using System.Globalization;

namespace OrleansHealing.Agents.Processes;

/// <summary>What a process printed, made safe for a log, a page and a terminal. Pure.</summary>
internal static class OutputText
{
    /// <summary>Without what moves a cursor, colours, or turns the direction of text; at most <paramref name="max"/> characters.</summary>
    public static string Clean(ReadOnlySpan<char> line, int max)
    {
        line = line.TrimEnd();
        var cut = line.Length > max;
        if (cut)
        {
            // Not between the halves of one character.
            line = line[..(char.IsHighSurrogate(line[max - 1]) ? max - 1 : max)];
        }

        return string.Create(line.Length + (cut ? 1 : 0), line, static (span, source) =>
        {
            for (var i = 0; i < source.Length; i++)
            {
                span[i] = source[i] is '\t' ? ' ' : IsUnsafe(source[i]) ? '?' : source[i];
            }

            if (span.Length > source.Length)
            {
                span[^1] = '…';
            }
        });
    }

    private static bool IsUnsafe(char c) =>
        char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
