using OrleansHealing.Tests.Architecture;

namespace OrleansHealing.Docs;

/// <summary>What the README shows is what is compiled here.</summary>
public sealed class ReadmeTests
{
    private static readonly string Root = Path.GetDirectoryName(SourceTree.Src)!;

    [Fact]
    public void Agent_InTheReadme_IsTheOneThatIsCompiled()
    {
        var readme = File.ReadAllText(Path.Combine(Root, "README.md"));
        var source = File.ReadAllText(Path.Combine(Root, "tests/Grains.Tests/Docs/ReadmeAgent.cs"));
        var shown = source.Split("// <readme>\n")[1].Split("// </readme>")[0];

        Assert.Contains($"```csharp\n{shown}```", readme, StringComparison.Ordinal);
    }
}
