using System.Globalization;

namespace OrleansHealing.Silo.Healing;

/// <summary>The processes that an agent runs, as <c>ps e</c> shows them: found by their environment, whoever their parent is. Dead ones that nobody collects do not count.</summary>
internal static class AgentProcesses
{
    /// <summary>The processes that one incarnation started, or all of them.</summary>
    /// <param name="mark">A variable, NAME=VALUE, that the agent's definition gives its process.</param>
    /// <param name="incarnation">Of this incarnation alone.</param>
    public static IReadOnlyList<int> Of(string mark, long? incarnation = null) =>
    [
        .. from directory in Directory.EnumerateDirectories("/proc")
           let pid = int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0
           where pid > 0
           let environment = Read($"/proc/{pid}/environ").Split('\0')
           where environment.Contains(mark) && (incarnation is null || environment.Contains($"HEALING_INCARNATION={incarnation}")) && IsAlive(pid)
           select pid,
    ];

    /// <summary>A variable of a process; null when it has ended.</summary>
    public static string? VariableOf(int pid, string name) =>
        Read($"/proc/{pid}/environ").Split('\0').FirstOrDefault(v => v.StartsWith($"{name}=", StringComparison.Ordinal))?.Split('=')[1];

    /// <summary>The guardians of those with these marks (<c>HEALING_RUN</c>), whether anybody is left to guard or not.</summary>
    public static IReadOnlyList<int> GuardiansOf(IEnumerable<string> marks) =>
    [
        .. from directory in Directory.EnumerateDirectories("/proc")
           let pid = int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0
           where pid > 0 && Read($"/proc/{pid}/cmdline").Split('\0') is [_, _, _, "healing-guardian", var mark, ..] && marks.Contains(mark) && IsAlive(pid)
           select pid,
    ];

    private static bool IsAlive(int pid) => Read($"/proc/{pid}/stat") is { Length: > 0 } stat && stat[(stat.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended just now.
            return "";
        }
    }
}
