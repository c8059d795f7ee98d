using System.Text;
using Spectre.Console.Rendering;

namespace OrleansHealing.Client.Output;

/// <summary>Text of agents on somebody's terminal: no control characters, and no longer than there is room.</summary>
internal static class Printable
{
    /// <summary>
    /// One line: what agents write could move the cursor or recolour the screen of whoever looks, so control characters become spaces.
    /// </summary>
    public static string Clean(string text)
    {
        if (!text.Any(char.IsControl))
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            clean.Append(char.IsControl(c) ? ' ' : c);
        }

        return clean.ToString();
    }

    /// <summary>How many cells of a terminal it takes.</summary>
    public static int Width(string text) => Ascii(text) ? text.Length : new Segment(text).CellCount();

    /// <summary>At most <paramref name="width"/> cells, the cut marked by an ellipsis.</summary>
    public static string Shorten(string text, int width)
    {
        if (Width(text) <= width)
        {
            return text;
        }

        var kept = new StringBuilder();
        var room = width - 1;
        foreach (var rune in text.EnumerateRunes())
        {
            room -= Width(rune.ToString());
            if (room < 0)
            {
                break;
            }

            kept.Append(rune);
        }

        return width > 0 ? kept.Append('…').ToString() : "";
    }

    private static bool Ascii(string text) => System.Text.Ascii.IsValid(text);
}
