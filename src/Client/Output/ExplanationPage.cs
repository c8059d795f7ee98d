using System.Globalization;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Output;

/// <summary>One action and why it came about: the rules in the order in which they were looked at, and what they looked at.</summary>
internal static class ExplanationPage
{
    public static IEnumerable<Line> Of(ActionExplanation explanation, DateTimeOffset now, TimeZoneInfo zone, bool onScreen)
    {
        var action = explanation.Action;
        yield return new Line()
            .Add(ActionLine.About(action), Styles.Strong).Add("   ")
            .Add(action.Action.ToWord(), Styles.Of(action.Action)).Add("   ")
            .Add(string.Create(CultureInfo.InvariantCulture, $"#{action.Incarnation}")).Add("   ")
            .Add(ActionLine.Time(action.At, onScreen, now, zone), Styles.Dim);
        yield return Field("why", Printable.Clean(action.Details));
        yield return Field("action", action.Id);
        if (explanation.Unexplained is { } gone)
        {
            yield return new Line();
            yield return new Line().Add(Printable.Clean(gone), Styles.Healing);
            yield break;
        }

        yield return Field("rule", explanation.Rule ?? Humanize.None);
        yield return new Line();
        yield return new Line().Add("Rules, in the order they were looked at", Styles.Strong);
        var width = explanation.Rules.Select(r => r.Rule.Length).DefaultIfEmpty().Max();
        foreach (var rule in explanation.Rules)
        {
            yield return new Line()
                .Add(rule.Fired ? "  * " : "    ", Styles.Good)
                .Add(rule.Rule.PadRight(width), rule.Fired ? Styles.Strong : Styles.Dim).Add("   ")
                .Add(Printable.Clean(rule.Details), rule.Fired ? Spectre.Console.Style.Plain : Styles.Dim);
        }

        yield return new Line();
        yield return new Line().Add("Decided on", Styles.Strong);
        width = explanation.Inputs.Select(i => i.Name.Length).DefaultIfEmpty().Max();
        foreach (var input in explanation.Inputs)
        {
            yield return new Line().Add($"    {input.Name.PadRight(width)}   ", Styles.Dim).Add(input.Value is "" ? Humanize.None : Printable.Clean(input.Value));
        }

        yield return new Line();
        foreach (var line in Again(explanation))
        {
            yield return line;
        }
    }

    private static IEnumerable<Line> Again(ActionExplanation explanation)
    {
        if (explanation.IsSame is true)
        {
            yield return new Line()
                .Add("Decided again, it is the same", Styles.Good)
                .Add($": {string.Join(", ", explanation.Decided.Select(a => a.Action.ToWord()))}.");
            yield break;
        }

        yield return new Line().Add("Decided again, it is not the same; another version may have decided it:", Styles.Bad);
        foreach (var difference in explanation.Differences)
        {
            yield return new Line().Add($"    {Printable.Clean(difference)}");
        }
    }

    private static Line Field(string name, string value) => new Line().Add($"  {name,-8} ", Styles.Dim).Add(value);
}
