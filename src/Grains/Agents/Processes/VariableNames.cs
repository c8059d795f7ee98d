using System.Text.RegularExpressions;

namespace OrleansHealing.Agents.Processes;

/// <summary>Names of environment variables.</summary>
internal static partial class VariableNames
{
    /// <summary>What the variables that a process gets from its silo start with; definitions may set no such.</summary>
    public const string OwnPrefix = "HEALING_";

    /// <summary>Whether every shell can use it.</summary>
    public static bool IsName(string text) => Name().IsMatch(text);

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]{0,127}$")]
    private static partial Regex Name();
}
