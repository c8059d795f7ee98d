using System.Reflection;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Architecture;

namespace OrleansHealing.Tests.Docs;

public sealed class ArchitectureTests
{
    [Fact]
    public void Rules_ThatExplanationsName_AreListed()
    {
        var text = File.ReadAllText(Path.Combine(SourceTree.Src, "..", "docs", "ARCHITECTURE.md"));
        var table = text.Split("\n## Why something was done\n")[1].Split("\n## ")[0];

        var names = typeof(Rule).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => $"`{f.GetRawConstantValue()}`");
        Assert.All(names, name => Assert.Contains(name, table, StringComparison.Ordinal));
    }
}
