namespace OrleansHealing.Client;

/// <summary>Which known names somebody who mistyped one may have meant.</summary>
internal static class Near
{
    private const int Most = 3;

    /// <summary>The nearest of <paramref name="known"/> names first; none when nothing is near.</summary>
    public static IReadOnlyList<string> Of(string typed, IEnumerable<string> known) =>
    [
        .. known
            .Select(name => (Name: name, Distance: Distance(typed, name)))
            .Where(n => n.Distance <= Math.Max(1, typed.Length / 3) || n.Name.Contains(typed, StringComparison.OrdinalIgnoreCase))
            .OrderBy(n => n.Distance).ThenBy(n => n.Name, StringComparer.Ordinal)
            .Take(Most)
            .Select(n => n.Name),
    ];

    /// <summary>Letters to change, add or leave out (Levenshtein); case does not count.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = diagonal + (char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
