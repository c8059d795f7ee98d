using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace OrleansHealing.Tests.Architecture;

/// <summary>The rules of the source tree that no compiler knows: who may reference whom, how long a file may be, where a type is found.</summary>
public sealed partial class ReferenceRulesTests
{
    private const int MaxLines = 400;
    private const int MedianLines = 80;

    // The files that hold more than the one type that they are named after, because nobody looks for the rest without it.
    private static readonly Dictionary<string, string[]> TypesOfFile = new(StringComparer.Ordinal)
    {
        ["Agents/AgentExceptions.cs"] = ["FatalAgentException", "RetryAfterException", "FencedException", "CheckpointException"],
        ["Agents/AgentSetting.cs"] = ["AgentSetting", "AgentSettingType"],
        ["Agents/AgentSettings.cs"] = ["AgentSettings", "AgentSettingsJsonConverter"],
        ["Backends/IRestartBackend.cs"] = ["IRestartBackend", "AgentStart", "AgentStop"],
        ["Fleet/AgentView.cs"] = ["AgentView", "AgentDetails", "CheckpointView"],
        ["Fleet/DoctorFinding.cs"] = ["DoctorFinding", "DoctorLevel"],
        ["Serialization/JsonText.cs"] = ["JsonText", "JsonTextConverter"],
        ["Supervision/DesiredState.cs"] = ["DesiredState", "DesiredMode"],
        ["Supervision/PolicySettings.cs"] = ["PolicySettings", "BackoffSettings"],
        ["Supervision/SupervisorAction.cs"] = ["SupervisorAction", "ActionKind"],
    };

    [Theory]
    [InlineData("Grains.Abstractions")]
    [InlineData("Grains", "Grains.Abstractions")]
    [InlineData("Dashboard", "Grains.Abstractions")]
    [InlineData("Silo", "Dashboard", "Grains", "Grains.Abstractions")]
    [InlineData("Client", "Grains.Abstractions")]
    public void References_OfAProject_AreOnlyThoseAllowed(string project, params string[] allowed)
    {
        var references = XDocument.Load(Path.Combine(SourceTree.Src, project, project + ".csproj"))
            .Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(((string)r.Attribute("Include")!).Replace('\\', '/')));

        Assert.Empty(references.Except(allowed));
    }

    [Fact]
    public void Projects_UnderSrc_AreThoseWithARule() => Assert.Equal(
        ["Client", "Dashboard", "Grains", "Grains.Abstractions", "Silo"],
        SourceTree.Files(".csproj").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal));

    [Fact]
    public void Lines_OfEveryFile_StayUnderTheLimit() => Assert.Empty(
        SourceTree.Files(".cs", ".lua", ".js", ".css", ".html")
            .Select(f => (File: f, Lines: SourceTree.Lines(f).Length))
            .Where(f => f.Lines > MaxLines)
            .Select(f => $"{f.File} has {f.Lines} lines; the limit is {MaxLines}"));

    [Fact]
    public void Lines_OfTheMedianFile_StayUnderTheLimit()
    {
        var lengths = SourceTree.Files(".cs").Select(f => SourceTree.Lines(f).Length).Order().ToArray();

        Assert.InRange(lengths[lengths.Length / 2], 1, MedianLines - 1);
    }

    [Fact]
    public void StoreKeys_AreNamedInHeartbeatsAlone() => Assert.Empty(
        SourceTree.Files(".cs", ".lua", ".js", ".html", ".json")
            .Where(f => !f.StartsWith("Grains/Heartbeats/", StringComparison.Ordinal))
            .SelectMany(f => SourceTree.Lines(f).Select((text, i) => (Place: $"{f}:{i + 1}", text)))
            .Where(l => l.text.Contains("healing:{", StringComparison.Ordinal))
            .Select(l => $"{l.Place} names a key of the store: {l.text.Trim()}"));

    [Fact]
    public void PublicTypes_OfTheContracts_AreFoundInFilesOfTheirName()
    {
        const string Folder = "Grains.Abstractions/";
        var faults =
            from file in SourceTree.Files(".cs").Where(f => f.StartsWith(Folder, StringComparison.Ordinal))
            let types = SourceTree.Lines(file).Select(l => PublicType().Match(l)).Where(m => m.Success).Select(m => m.Groups["name"].Value).ToArray()
            where types.Length > 0
            let expected = TypesOfFile.GetValueOrDefault(file[Folder.Length..], [Path.GetFileNameWithoutExtension(file)])
            where !types.Order(StringComparer.Ordinal).SequenceEqual(expected.Order(StringComparer.Ordinal))
            select $"{file} holds {string.Join(", ", types)} (expected: {string.Join(", ", expected)}; see {nameof(TypesOfFile)})";

        Assert.Empty(faults);
    }

    [GeneratedRegex(@"^public (?:(?:static|sealed|abstract|partial|readonly|ref|unsafe) )*(?:class|record struct|record class|record|struct|interface|enum) (?<name>\w+)")]
    private static partial Regex PublicType();
}
