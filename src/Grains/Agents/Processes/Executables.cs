namespace OrleansHealing.Agents.Processes;

/// <summary>Finds programs, so that one that is not there is said in words and not by a status that others use as well.</summary>
internal static class Executables
{
    private static readonly string[] SystemDirectories = ["/usr/bin", "/bin", "/usr/local/bin"];

    /// <summary>The program's path, or null when there is none that may be run.</summary>
    /// <param name="command">A path, from <paramref name="directory"/> where it is relative, or a name.</param>
    /// <param name="path">Where names are looked up: directories, with colons between.</param>
    /// <param name="directory">Where it is run.</param>
    public static string? Find(string command, string? path, string directory)
    {
        var candidates = command.Contains('/', StringComparison.Ordinal)
            ? [Path.Combine(directory, command)]
            : (path ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries).Select(d => Path.Combine(directory, d, command));
        return candidates.FirstOrDefault(MayBeRun);
    }

    /// <summary>A program of the system, whatever the environment says.</summary>
    /// <exception cref="FatalAgentException">It is not installed.</exception>
    public static string OfSystem(string name) => SystemDirectories.Select(d => Path.Combine(d, name)).FirstOrDefault(MayBeRun)
        ?? throw new FatalAgentException($"Agents that are processes need '{name}' in {string.Join(", ", SystemDirectories)}; it is not there on this silo.");

    private static bool MayBeRun(string path)
    {
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return !OperatingSystem.IsWindows() && File.Exists(path) && (File.GetUnixFileMode(path) & Execute) != 0;
    }
}
