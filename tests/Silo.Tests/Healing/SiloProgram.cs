using OrleansHealing.Silo.Launching;

namespace OrleansHealing.Silo.Healing;

/// <summary>What a test starts as a silo.</summary>
internal sealed record SiloProgram(ChildCommand Command)
{
    /// <summary>The real one.</summary>
    public static SiloProgram Real { get; } = new(SiloExecutable.Command);

    /// <summary>The real one with kinds of agents that do what no agent should: tests/TestSilo.</summary>
    public static SiloProgram WithFaultyKinds { get; } =
        new(new ChildCommand("dotnet", [Path.Combine(AppContext.BaseDirectory, "OrleansHealing.TestSilo.dll")]));

    /// <summary>What is set in its environment besides.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}
