using Spectre.Console;

namespace OrleansHealing.Client.Output;

/// <summary>One line of pieces, each with its style; plain text when there is no terminal.</summary>
internal sealed class Line
{
    private readonly List<Cell> _pieces = [];

    public Line Add(string text, Style? style = null)
    {
        _pieces.Add(new Cell(text, style));
        return this;
    }

    /// <summary>The same line, two spaces further in.</summary>
    public Line Indent()
    {
        _pieces.Insert(0, new Cell("  "));
        return this;
    }

    /// <summary>What it says, without trailing space.</summary>
    public override string ToString() => string.Concat(_pieces.Select(p => p.Text)).TrimEnd();

    /// <summary>For a screen: cut after <paramref name="width"/> cells, or wrapped where null.</summary>
    public Paragraph ToParagraph(int? width)
    {
        // An empty paragraph takes no row on a live screen.
        var paragraph = _pieces.Count is 0 ? new Paragraph(" ") : new Paragraph();
        var room = width ?? int.MaxValue;
        foreach (var piece in _pieces)
        {
            var text = Printable.Shorten(piece.Text, room);
            paragraph.Append(text, piece.Style);
            room -= Printable.Width(text);
            if (room <= 0)
            {
                break;
            }
        }

        return paragraph;
    }
}
