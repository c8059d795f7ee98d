using OrleansHealing.Alerts;
using OrleansHealing.Serialization;
using OrleansHealing.Tests.Architecture;

namespace OrleansHealing.Docs;

/// <summary>docs/ALERTS.md names every condition, kind and option of a sink, and no other.</summary>
public sealed class AlertDocsTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(Path.GetDirectoryName(SourceTree.Src)!, "docs/ALERTS.md"));

    [Fact]
    public void Table_OfConditions_HasEachWithItsSeverity() => Assert.Equal(
        Enum.GetValues<AlertCondition>().Where(c => c is not AlertCondition.Test).Select(c => $"{c.ToWord()} {new Signal(c, "a", "b").Severity.ToWord()}").Order(StringComparer.Ordinal),
        Rows("| condition | severity |").Select(r => $"{r[0].Trim('`')} {r[1]}").Order(StringComparer.Ordinal));

    [Fact]
    public void Table_OfSinkOptions_HasEach() => Assert.Equal(
        typeof(AlertSinkOptions).GetProperties().Select(p => p.Name).Order(StringComparer.Ordinal),
        Rows("| `Healing:Alerts:Sinks:N:` |").Select(r => r[0].Trim('`')).Order(StringComparer.Ordinal));

    [Fact]
    public void Table_OfKinds_HasEachButTheLog() => Assert.Equal(
        Enum.GetValues<AlertSinkKind>().Where(k => k is not AlertSinkKind.Log).Select(k => k.ToWord()).Order(StringComparer.Ordinal),
        Rows("| kind | how").Select(r => r[0].Trim('`')).Order(StringComparer.Ordinal));

    private static IEnumerable<string[]> Rows(string head) => Text.Split('\n').SkipWhile(l => !l.StartsWith(head, StringComparison.Ordinal)).Skip(2)
        .TakeWhile(l => l.StartsWith('|')).Select(l => l.Trim('|', ' ').Split(" | "));
}
