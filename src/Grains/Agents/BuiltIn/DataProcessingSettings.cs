namespace OrleansHealing.Agents.BuiltIn;

/// <summary>The settings of a <see cref="DataProcessingAgent"/>, declared and read in one place.</summary>
internal sealed record DataProcessingSettings(
    string Path,
    double LinesPerSecond,
    int CheckpointEvery,
    long CrashAfterHeartbeats,
    double CrashProbability)
{
    public const int DefaultCheckpointEvery = 1000;

    private const string PathName = "path";
    private const string LinesPerSecondName = "linesPerSecond";
    private const string CheckpointEveryName = "checkpointEvery";
    private const string CrashAfterHeartbeatsName = "crashAfterHeartbeats";
    private const string CrashProbabilityName = "crashProbability";

    public static IReadOnlyList<AgentSetting> Declared { get; } =
    [
        new()
        {
            Name = PathName,
            Type = AgentSettingType.File,
            IsRequired = true,
            Description = "The text file to read, the same on every silo.",
        },
        new()
        {
            Name = LinesPerSecondName,
            Type = AgentSettingType.Number,
            Min = 0,
            Max = 1_000_000_000,
            Description = "How many lines are read in a second, spread evenly; fractions are taken. 0 (default): as many as can be.",
        },
        new()
        {
            Name = CheckpointEveryName,
            Type = AgentSettingType.WholeNumber,
            Min = 1,
            Max = 1_000_000_000,
            Description = "Lines between two checkpoints, so also the most that are read again after a crash. 1000 by default.",
        },
        new()
        {
            Name = CrashAfterHeartbeatsName,
            Type = AgentSettingType.WholeNumber,
            Min = 0,
            Max = 1_000_000_000,
            Description = "Every incarnation crashes after this many heartbeats of work. 0 (default): never.",
        },
        new()
        {
            Name = CrashProbabilityName,
            Type = AgentSettingType.Number,
            Min = 0,
            Max = 1,
            Description = "How likely it crashes at each heartbeat, 0 to 1. 0 by default.",
        },
    ];

    /// <summary>Reads the settings of a definition.</summary>
    /// <exception cref="FatalAgentException">One of them is missing or cannot be read, and no restart will change that.</exception>
    public static DataProcessingSettings Read(AgentSettings settings)
    {
        try
        {
            return new DataProcessingSettings(
                settings.GetString(PathName) ?? throw new FatalAgentException("The setting 'path' is missing."),
                Math.Max(0, settings.GetDouble(LinesPerSecondName, 0)),
                (int)Math.Clamp(settings.GetInt64(CheckpointEveryName, DefaultCheckpointEvery), 1, int.MaxValue),
                settings.GetInt64(CrashAfterHeartbeatsName, 0),
                settings.GetDouble(CrashProbabilityName, 0));
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new FatalAgentException($"A setting cannot be read: {e.Message}", e);
        }
    }
}
