using System.Text.RegularExpressions;
using OrleansHealing.Agents;
using OrleansHealing.Fleet;

namespace OrleansHealing.Backends.Docker;

/// <summary>The settings of an agent that is a container, declared, checked and read in one place.</summary>
internal static partial class DockerSettings
{
    private const string ContainerName = "container";
    private const string Rule = "must be the name or the id of a container: letters, digits, dots, dashes and underscores, and a letter or digit first";

    public static AgentSetting Container { get; } = new()
    {
        Name = ContainerName,
        Type = AgentSettingType.Text,
        Description = $"The container, by its name or id; the agent's id by default. It is there already, with the label {AgentLabel.Name}=<the agent's id>.",
    };

    /// <summary>Declares the settings.</summary>
    public static void Configure(AgentKindOptions options)
    {
        options.Settings.Add(Container);
        options.Check = Check;
    }

    /// <summary>What is wrong with settings whose types are right.</summary>
    public static IEnumerable<Fault> Check(AgentSettings settings)
    {
        if (settings.GetString(ContainerName) is { } name && !Names().IsMatch(name))
        {
            yield return new Fault($"settings.{ContainerName}", Rule);
        }
    }

    /// <summary>The name or id of a definition's container.</summary>
    /// <exception cref="InvalidOperationException">Nothing can be called so, and no other name is set.</exception>
    public static string Read(AgentDefinition definition)
    {
        var name = definition.Settings?.GetString(ContainerName) ?? definition.Id.Value;
        return Names().IsMatch(name)
            ? name
            : throw new InvalidOperationException($"No container can be called '{Input.Texts.Shorten(name)}': the setting '{ContainerName}' {Rule}.");
    }

    // As Docker has it. It also keeps the name within its place in the address of a request.
    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9_.-]{1,127}$")]
    private static partial Regex Names();
}
