using System.Text.Json;
using OrleansHealing.Fleet;

namespace OrleansHealing.Agents.Processes;

/// <summary>The settings of a <see cref="ProcessAgent"/>, declared, checked and read in one place.</summary>
internal sealed record ProcessSettings(
    string Command,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    string? WorkingDirectory,
    long? MemoryMegabytes,
    long? CpuSeconds)
{
    private const string CommandName = "command";
    private const string ArgumentsName = "arguments";
    private const string EnvironmentName = "environment";
    private const string WorkingDirectoryName = "workingDirectory";
    private const string MemoryName = "memoryMegabytes";
    private const string CpuName = "cpuSeconds";

    public static IReadOnlyList<AgentSetting> Declared { get; } =
    [
        new()
        {
            Name = CommandName,
            Type = AgentSettingType.Text,
            IsRequired = true,
            Description = "The program: a path, or a name that is looked up in the PATH of its environment. No shell reads it.",
        },
        new()
        {
            Name = ArgumentsName,
            Type = AgentSettingType.TextList,
            Description = """Its arguments, each as it is: ["-u", "worker.py"]. None by default.""",
        },
        new()
        {
            Name = EnvironmentName,
            Type = AgentSettingType.TextMap,
            Description = """Variables beside those of the silo's that it gets: {"MODE": "fast"}. Whoever sees the agent sees them.""",
        },
        new()
        {
            Name = WorkingDirectoryName,
            Type = AgentSettingType.Text,
            Description = "The directory that it runs in, the same on every silo; the silo's own by default.",
        },
        new()
        {
            Name = MemoryName,
            Type = AgentSettingType.WholeNumber,
            Min = 1,
            Max = 16_777_216,
            Description = "MiB of address space, of each of its processes (ulimit -v); no limit by default. Some runtimes reserve far more than they use.",
        },
        new()
        {
            Name = CpuName,
            Type = AgentSettingType.WholeNumber,
            Min = 1,
            Max = 1_000_000_000,
            Description = "Seconds of processor time, of each of its processes (ulimit -t); no limit by default. Then SIGXCPU, and SIGKILL 5 s later.",
        },
    ];

    /// <summary>What is wrong with settings whose types are right.</summary>
    public static IEnumerable<Fault> Check(AgentSettings settings)
    {
        var values = settings.ToDictionary();
        foreach (var name in new[] { CommandName, WorkingDirectoryName }.Where(n => settings.GetString(n) is { } text && (text.Length is 0 || text.Contains('\0'))))
        {
            yield return new Fault($"settings.{name}", "must not be empty, and hold no character 0");
        }

        if (TextsOf(values, ArgumentsName).Any(a => a.Contains('\0')))
        {
            yield return new Fault($"settings.{ArgumentsName}", "must hold no character 0");
        }

        foreach (var (name, value) in MapOf(values, EnvironmentName))
        {
            if (!VariableNames.IsName(name) || value.Contains('\0'))
            {
                yield return new Fault($"settings.{EnvironmentName}", $"must name variables by letters, digits and underscores, no digit first, and hold no character 0 (it has '{Input.Texts.Shorten(name)}')");
            }
            else if (name.StartsWith(VariableNames.OwnPrefix, StringComparison.OrdinalIgnoreCase))
            {
                yield return new Fault($"settings.{EnvironmentName}", $"must leave {VariableNames.OwnPrefix}… to the silo (it has '{name}')");
            }
        }
    }

    /// <summary>Reads the settings of a definition.</summary>
    /// <exception cref="FatalAgentException">One of them is missing or cannot be read, and no restart will change that.</exception>
    public static ProcessSettings Read(AgentSettings settings)
    {
        if (Check(settings).FirstOrDefault() is { } fault)
        {
            throw new FatalAgentException($"A setting is wrong: {fault}.");
        }

        try
        {
            var values = settings.ToDictionary();
            return new ProcessSettings(
                settings.GetString(CommandName) ?? throw new FatalAgentException("The setting 'command' is missing."),
                [.. TextsOf(values, ArgumentsName)],
                MapOf(values, EnvironmentName),
                settings.GetString(WorkingDirectoryName),
                Number(settings, MemoryName),
                Number(settings, CpuName));
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new FatalAgentException($"A setting cannot be read: {e.Message}", e);
        }
    }

    private static long? Number(AgentSettings settings, string name) => settings.GetInt64(name, 0) is > 0 and var number ? number : null;

    private static IEnumerable<string> TextsOf(IReadOnlyDictionary<string, JsonElement> values, string name) =>
        values.TryGetValue(name, out var list) && list.ValueKind is JsonValueKind.Array ? list.EnumerateArray().Select(t => t.ToString()) : [];

    private static Dictionary<string, string> MapOf(IReadOnlyDictionary<string, JsonElement> values, string name) =>
        values.TryGetValue(name, out var map) && map.ValueKind is JsonValueKind.Object
            ? map.EnumerateObject().ToDictionary(m => m.Name, m => m.Value.ToString(), StringComparer.Ordinal)
            : [];
}
