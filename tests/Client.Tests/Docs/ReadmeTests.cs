using System.CommandLine;
using System.Text.RegularExpressions;
using OrleansHealing.Client.Tests.Fakes;

namespace OrleansHealing.Client.Tests.Docs;

/// <summary>What the README says of the console is what the console takes.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(Root(), "README.md"));
    private static readonly string Console = Readme.Split("\n## Console\n")[1].Split("\n## ")[0];
    private static readonly RootCommand Tree = new ConsoleHarness().Describe();

    [Fact]
    public void Commands_ThatAreShown_AreUnderstood()
    {
        var commands = ShownCommand().Matches(Readme).Select(m => m.Groups["line"].Value).Where(line => !line.StartsWith("VERB", StringComparison.Ordinal)).ToList();

        Assert.True(commands.Count >= 8, $"Few commands were found: {string.Join("; ", commands)}");
        Assert.Empty(
            from command in commands
            from error in Tree.Parse(command.Split(' ')).Errors
            select $"healing {command}: {error.Message}");
    }

    [Fact]
    public void Commands_ThatThePageShows_AreUnderstood()
    {
        var commands = Directory.GetFiles(Path.Combine(Root(), "src", "Dashboard", "Pages", "Assets"), "*.js", SearchOption.AllDirectories)
            .SelectMany(file => CommandOfThePage().Matches(File.ReadAllText(file)).Select(m => m.Groups["line"].Value)).ToList();

        Assert.True(commands.Count >= 4, $"Few commands were found: {string.Join("; ", commands)}");
        Assert.Empty(
            from command in commands
            from error in Tree.Parse(command.Split(' ')).Errors
            select $"healing {command}: {error.Message}");
    }

    [Fact]
    public void Verbs_OfTheTable_AreThoseOfTheConsole() => Assert.Equal(
        Tree.Subcommands.Select(c => c.Name).Order(StringComparer.Ordinal),
        Usages().Select(u => u.Split(' ')[0]).Order(StringComparer.Ordinal));

    [Fact]
    public void Options_OfTheTable_AreTakenByTheirVerbs() => Assert.Empty(
        from usage in Usages()
        let verb = Tree.Subcommands.Single(c => c.Name == usage.Split(' ')[0])
        from option in OptionName().Matches(usage).Select(m => m.Value)
        where !verb.Options.Any(o => o.Name == option || o.Aliases.Contains(option))
        select $"'{usage}': {verb.Name} has no {option}");

    [Fact]
    public void Options_ThatAllTake_AreThose() => Assert.Equal(
        Tree.Options.Where(o => o.Recursive && !o.Hidden).Select(o => o.Name is "--output" ? "-o" : o.Name).Order(StringComparer.Ordinal),
        OptionName().Matches(Console.Split("\nAll take ")[1].Split('\n')[0]).Select(m => m.Value).Order(StringComparer.Ordinal));

    [Fact]
    public void ExitCodes_OfTheTable_AreThoseOfTheConsole() => Assert.Equal(
        typeof(ExitCodes).GetFields().Select(f => (int)f.GetRawConstantValue()!).Order(),
        ExitCode().Matches(Console).Select(m => int.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)).Order());

    /// <summary>The first column of the table, each verb for itself.</summary>
    private static IEnumerable<string> Usages() =>
        from row in Console.Split('\n').Where(l => l.StartsWith("| `", StringComparison.Ordinal))
        from code in Code().Matches(row.Split(" | ")[0]).Select(m => m.Groups[1].Value)
        select code;

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "OrleansHealing.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException($"No OrleansHealing.sln above {AppContext.BaseDirectory}.");
        }

        return folder.FullName;
    }

    [GeneratedRegex(@"text=""healing (?<line>[^""]+)""")]
    private static partial Regex CommandOfThePage();

    [GeneratedRegex(@"(?:`|^\$ )healing (?<line>[^`\n]+)", RegexOptions.Multiline)]
    private static partial Regex ShownCommand();

    [GeneratedRegex(@"(?<![\w-])--?[a-z][a-z-]*")]
    private static partial Regex OptionName();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"^\| (\d+) \| ", RegexOptions.Multiline)]
    private static partial Regex ExitCode();
}
