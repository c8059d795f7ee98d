namespace OrleansHealing.Tests.Architecture;

/// <summary>The files of <c>src</c> as they are in the checkout that the tests were built from.</summary>
internal static class SourceTree
{
    private static readonly string[] NotWrittenHere = ["bin", "obj", "vendor", "node_modules"];

    public static string Src { get; } = Path.Combine(FindRoot(), "src");

    /// <summary>Every file with one of these extensions that people wrote here, as a path relative to <c>src</c> with slashes.</summary>
    public static IReadOnlyList<string> Files(params string[] extensions) =>
    [
        .. Directory.EnumerateFiles(Src, "*", SearchOption.AllDirectories)
            .Where(f => extensions.Contains(Path.GetExtension(f)))
            .Select(f => Path.GetRelativePath(Src, f).Replace('\\', '/'))
            .Where(f => !f.Split('/').Intersect(NotWrittenHere).Any())
            .Order(StringComparer.Ordinal),
    ];

    public static string[] Lines(string file) => File.ReadAllLines(Path.Combine(Src, file));

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
