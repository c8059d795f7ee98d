using Spectre.Console;

namespace OrleansHealing.Client.Output;

/// <summary>One value in a row, with how it looks on a terminal.</summary>
internal readonly record struct Cell(string Text, Style? Style = null)
{
    public static implicit operator Cell(string text) => new(text);
}
