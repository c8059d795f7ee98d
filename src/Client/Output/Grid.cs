using Spectre.Console;

namespace OrleansHealing.Client.Output;

/// <summary>
/// Aligned columns without boxes. On a terminal they fit its width: unimportant columns are left out, long values shortened.
/// Piped, everything is there, so that scripts lose nothing.
/// </summary>
internal sealed class Grid(params Column[] columns)
{
    private const string Gap = "   ";
    private static readonly Style HeaderStyle = new(decoration: Decoration.Bold);
    private readonly List<Cell[]> _rows = [];

    public int Count => _rows.Count;

    public void Add(params Cell[] row) => _rows.Add(row);

    /// <summary>The lines with their cells; <paramref name="width"/> null: as wide as it takes.</summary>
    public IEnumerable<Line> Lines(int? width)
    {
        var shown = Fit(width);
        yield return ToLine(shown, columns.Select(c => new Cell(c.Header, HeaderStyle)).ToArray());
        foreach (var row in _rows)
        {
            yield return ToLine(shown, row);
        }
    }

    public void WriteTo(ConsoleOutput output)
    {
        foreach (var line in Lines(output.Width))
        {
            output.Write(line);
        }
    }

    private static Line ToLine(List<(int Index, int Width)> shown, Cell[] row)
    {
        var line = new Line();
        for (var i = 0; i < shown.Count; i++)
        {
            var (index, width) = shown[i];
            var cell = row[index];
            var text = Printable.Shorten(cell.Text, width);
            var space = new string(' ', Math.Max(0, width - Printable.Width(text)));
            line.Add(text, cell.Style);
            if (i < shown.Count - 1)
            {
                line.Add(space + Gap);
            }
        }

        return line;
    }

    private List<(int Index, int Width)> Fit(int? width)
    {
        var natural = columns.Select((c, i) => (
            Index: i,
            Width: _rows.Select(r => Printable.Width(r[i].Text)).Append(c.Header.Length).Max())).ToList();
        if (width is null)
        {
            return natural;
        }

        // A column that nobody fills tells nothing on a terminal.
        natural.RemoveAll(c => columns[c.Index].Rank > 0 && _rows.Count > 0 && _rows.TrueForAll(r => r[c.Index].Text is "" or "-"));
        while (LeastTotal(natural) > width && natural.Exists(c => columns[c.Index].Rank > 0))
        {
            natural.Remove(natural.MaxBy(c => columns[c.Index].Rank));
        }

        return Shrink(natural, width.Value);
    }

    private int LeastTotal(List<(int Index, int Width)> shown) =>
        shown.Sum(c => Math.Min(c.Width, columns[c.Index].Least ?? c.Width)) + (Gap.Length * (shown.Count - 1));

    private List<(int Index, int Width)> Shrink(List<(int Index, int Width)> shown, int width)
    {
        var excess = shown.Sum(c => c.Width) + (Gap.Length * (shown.Count - 1)) - width;
        for (var i = shown.Count - 1; i >= 0 && excess > 0; i--)
        {
            if (columns[shown[i].Index].Least is { } least && shown[i].Width > least)
            {
                var cut = Math.Min(excess, shown[i].Width - least);
                shown[i] = (shown[i].Index, shown[i].Width - cut);
                excess -= cut;
            }
        }

        return shown;
    }
}
