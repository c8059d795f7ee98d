using System.Runtime.CompilerServices;

namespace OrleansHealing.Silo.Healing;

/// <summary>The workers of docs/samples/processes.</summary>
internal static class ProcessSamples
{
    private static readonly string Folder = Path.GetFullPath(Path.Combine(Here(), "../../../docs/samples/processes"));

    /// <summary>A worker by its file, and what runs it; the test is skipped where that is not installed.</summary>
    public static string[] Command(string file)
    {
        var (program, package) = Path.GetExtension(file) switch
        {
            ".py" => ("python3", "python3"),
            ".mjs" => ("node", "nodejs"),
            _ => ("curl", "curl"),
        };
        var isThere = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(d => File.Exists(Path.Combine(d, program)));
        Assert.SkipUnless(isThere, $"{program} is not installed: apt-get install {package}");
        return [program is "curl" ? "sh" : program, Path.Combine(Folder, file)];
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
