namespace OrleansHealing.Tests.Agents.Processes;

/// <summary>The processes of this machine whose environment has a variable, found as <c>ps e</c> finds them. Those that are dead and not collected do not count.</summary>
internal static class Marked
{
    public static IReadOnlyList<int> By(string variable) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(d => int.TryParse(Path.GetFileName(d), out var pid) ? pid : 0)
            .Where(pid => pid > 0 && Read($"/proc/{pid}/environ").Split('\0').Contains(variable) && IsAlive(pid)),
    ];

    public static bool IsAlive(int pid) => Read($"/proc/{pid}/stat") is { Length: > 0 } stat && stat[(stat.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
