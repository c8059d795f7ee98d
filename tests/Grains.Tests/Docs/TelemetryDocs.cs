namespace OrleansHealing.Docs;

/// <summary>The tables of docs/TELEMETRY.md.</summary>
internal static class TelemetryDocs
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(FindRoot(), "docs", "TELEMETRY.md"));

    /// <summary>The table of instruments.</summary>
    public static IReadOnlyList<InstrumentRow> Instruments { get; } =
    [
        .. Table("instrument").Select(cells => new InstrumentRow(Word(cells[0]), Word(cells[1]), cells[2], Word(cells[3]), [.. cells[4].Split(',').Select(Word).Where(t => t.Length > 0)])),
    ];

    /// <summary>The first column of a table, by what stands over it.</summary>
    public static IReadOnlyList<string> Names(string header) => [.. Table(header).Select(cells => Word(cells[0]))];

    private static IEnumerable<string[]> Table(string header) => Lines
        .SkipWhile(line => !line.StartsWith($"| {header} |", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|'))
        .Select(line => line.Split('|')[1..^1].Select(cell => cell.Trim()).ToArray());

    private static string Word(string cell) => cell.Trim().Trim('`');

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "OrleansHealing.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No OrleansHealing.sln above {AppContext.BaseDirectory}.");
    }
}

/// <summary>One instrument as the document has it.</summary>
internal sealed record InstrumentRow(string Name, string Prometheus, string Kind, string Unit, IReadOnlyList<string> Tags)
{
    /// <summary>What Prometheus calls its series; since when it counts is one of them.</summary>
    public IReadOnlyList<string> Series => Kind switch
    {
        "histogram" => [$"{Prometheus}_bucket", $"{Prometheus}_sum", $"{Prometheus}_count", $"{Prometheus}_created"],
        "counter" => [Prometheus, Prometheus.Replace("_total", "_created", StringComparison.Ordinal)],
        _ => [Prometheus],
    };
}
