using System.Text.RegularExpressions;
using OrleansHealing.Tests.Architecture;

namespace OrleansHealing.Docs;

/// <summary>docs/FAILURES.md has every row once, and names no test and no type that is not there.</summary>
public sealed partial class FailuresTests
{
    private static readonly string Root = Path.GetDirectoryName(SourceTree.Src)!;
    private static readonly string Text = File.ReadAllText(Path.Combine(Root, "docs/FAILURES.md"));
    private static readonly string[] Verdicts = ["survived", "prevented", "out of scope", "not yet"];
    private static readonly Row[] Rows = [.. Text.Split('\n').Where(l => IdCell().IsMatch(l)).Select(Parse)];

    /// <summary>How many rows each class has.</summary>
    private static readonly (char Class, int Rows)[] Classes = [('A', 32), ('B', 20), ('C', 34), ('D', 20), ('E', 19), ('F', 19)];

    [Fact]
    public void Rows_OfAllClasses_AreThereOnceAndInOrder() => Assert.Equal(
        Classes.SelectMany(c => Enumerable.Range(1, c.Rows).Select(n => $"{c.Class}{n}")), Rows.Select(r => r.Id));

    [Fact]
    public void Rows_EachOne_SaysWhatFailsAndHowItStandsAndWhy() => Assert.Empty(
        Rows.Where(r => r.Failure.Length == 0 || r.How.Length == 0 || r.Source.Length == 0 || !Verdicts.Contains(r.Verdict)).Select(r => r.Id));

    [Fact]
    public void Rows_Survived_NameATest() => Assert.Empty(Rows.Where(r => r.Verdict is "survived" && !r.Names.Any(IsTest)).Select(r => r.Id));

    [Fact]
    public void Rows_Prevented_NameWhatPrevents() => Assert.Empty(Rows.Where(r => r.Verdict is "prevented" && r.Names.All(IsTest)).Select(r => r.Id));

    [Fact]
    public void Names_OfTests_AreThoseOfTests()
    {
        var tests = Tests();

        Assert.Empty(Rows.SelectMany(r => r.Names.Where(IsTest).Where(n => !tests.Contains(n)).Select(n => $"{r.Id}: there is no test {n}")));
    }

    [Fact]
    public void Names_OfWhatIsBuilt_StandInTheSource()
    {
        var words = SourceTree.Files(".cs", ".lua", ".txt").SelectMany(f => SourceTree.Lines(f).SelectMany(l => Word().Matches(l).Select(m => m.Value)))
            .Concat(SourceTree.Files(".cs", ".lua", ".txt").Select(Path.GetFileName)).ToHashSet(StringComparer.Ordinal);

        Assert.Empty(Rows.SelectMany(r => r.Names.Where(n => !IsTest(n))
            .Where(n => !words.Contains(n) && !n.Split('.').All(words.Contains))
            .Select(n => $"{r.Id}: nothing in src is called {n}")));
    }

    [Fact]
    public void Counts_OfVerdicts_AreThoseOfTheRows() => Assert.Contains(
        string.Join(", ", Verdicts.Select(v => $"{Rows.Count(r => r.Verdict == v)} {v}")), Text, StringComparison.Ordinal);

    private static bool IsTest(string name) => name.Contains('_', StringComparison.Ordinal);

    private static Row Parse(string line)
    {
        var cells = line.Trim('|', ' ').Split(" | ");
        return cells.Length is 5
            ? new Row(cells[0], cells[1], cells[2].Trim('*'), cells[3], cells[4])
            : throw new FormatException($"A row must have five cells: {line}");
    }

    /// <summary>The methods of all test projects that are run as tests.</summary>
    private static HashSet<string> Tests()
    {
        var tests = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Root, "tests"), "*.cs", SearchOption.AllDirectories))
        {
            var isTest = false;
            foreach (var line in File.ReadLines(file))
            {
                isTest |= TestAttribute().IsMatch(line);
                if (isTest && Method().Match(line) is { Success: true } method)
                {
                    tests.Add(method.Groups["name"].Value);
                    isTest = false;
                }
            }
        }

        return tests;
    }

    [GeneratedRegex(@"^\| [A-F]\d+ \|")]
    private static partial Regex IdCell();

    [GeneratedRegex("`(?<name>[A-Za-z][A-Za-z0-9_.]*)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"[A-Za-z_][A-Za-z0-9_]*")]
    private static partial Regex Word();

    [GeneratedRegex(@"^\s*\[(?:Fact|Theory)\b")]
    private static partial Regex TestAttribute();

    [GeneratedRegex(@"^\s*(?:public|internal) (?:async )?(?:Task|ValueTask|void) (?<name>\w+)\(")]
    private static partial Regex Method();

    private sealed record Row(string Id, string Failure, string Verdict, string How, string Source)
    {
        /// <summary>What stands in backticks and is one word: tests have an underscore, types and files have none.</summary>
        public IReadOnlyList<string> Names { get; } = [.. Quoted().Matches(How).Select(m => m.Groups["name"].Value)];
    }
}
