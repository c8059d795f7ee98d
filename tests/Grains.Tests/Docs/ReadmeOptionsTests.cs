using System.Globalization;
using System.Text.RegularExpressions;
using OrleansHealing.Alerts;
using OrleansHealing.Backends.External;
using OrleansHealing.Dashboard.Hosting;
using OrleansHealing.Hosting;
using OrleansHealing.Silo.Hosting;

namespace OrleansHealing.Docs;

/// <summary>The README's table of options has each option with its default, and nothing else.</summary>
public sealed partial class ReadmeOptionsTests
{
    /// <summary>Set by the host from what it found, so nobody configures it.</summary>
    private const string SetByTheHost = nameof(HealingOptions.ConnectionString);

    private static readonly Dictionary<string, string> Rows = Read();

    private static readonly (string Name, object? Default)[] Options =
    [
        .. OptionsOf(new HealingOptions(), "").Where(o => o.Name != SetByTheHost),
        .. OptionsOf(new SiloSettings(), "").Where(o => o.Name is not (nameof(SiloSettings.EmbeddedStore) or nameof(SiloSettings.ProcessAgents)
            or nameof(SiloSettings.DockerAgents) or nameof(SiloSettings.KubernetesAgents))),
        .. OptionsOf(new ProcessAgentSettings(), "ProcessAgents:"),
        .. OptionsOf(new DockerAgentSettings(), "DockerAgents:"),
        .. OptionsOf(new KubernetesAgentSettings(), "KubernetesAgents:"),
        .. OptionsOf(new EmbeddedStoreSettings(), "EmbeddedStore:"),
        .. OptionsOf(new HealingDashboardOptions(), "Dashboard:"),
        .. OptionsOf(new AlertOptions(), "Alerts:"),
        .. OptionsOf(new ExternalAgentOptions(), "ExternalAgents:"),
    ];

    [Fact]
    public void Table_OfOptions_NamesThoseThatThereAre() =>
        Assert.Equal(Options.Select(o => o.Name).Order(StringComparer.Ordinal), Rows.Keys.Order(StringComparer.Ordinal));

    /// <summary>A default of null is a choice at the start, which the table says in words; of the progress timeout it is "off".</summary>
    [Fact]
    public void Table_OfOptions_HasTheirDefaults() => Assert.Empty(
        from option in Options
        where option.Default is not null || option.Name is nameof(HealingOptions.ProgressTimeout)
        let shown = Rows.GetValueOrDefault(option.Name)
        where !Says(shown, option.Default)
        select $"{option.Name} is {option.Default ?? "null"} by default; the README says {shown ?? "nothing"}");

    private static bool Says(string? shown, object? value) => shown is not null && value switch
    {
        null => shown is "off",
        TimeSpan span => Duration().Match(shown) is { Success: true } m && span == Span(double.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture), m.Groups[2].Value),
        int number => shown == number.ToString("N0", CultureInfo.InvariantCulture),
        double number => shown == number.ToString(CultureInfo.InvariantCulture),
        bool flag => shown == (flag ? "`true`" : "`false`"),
        System.Collections.ICollection { Count: 0 } => shown is "none",
        IEnumerable<string> texts => shown == string.Join(", ", texts.Select(t => $"`{t}`")),
        _ => shown == $"`{value}`",
    };

    private static TimeSpan Span(double number, string unit) => unit switch
    {
        "ms" => TimeSpan.FromMilliseconds(number),
        "s" => TimeSpan.FromSeconds(number),
        "min" => TimeSpan.FromMinutes(number),
        _ => TimeSpan.FromHours(number),
    };

    private static IEnumerable<(string Name, object? Default)> OptionsOf<T>(T defaults, string prefix) =>
        typeof(T).GetProperties().Select(p => (prefix + p.Name, p.GetValue(defaults)));

    /// <summary>A row may hold several options, with a default each or one for all.</summary>
    private static Dictionary<string, string> Read()
    {
        var table = ReadmeTests.Readme.Split("| `Healing:` | default | |\n| --- | --- | --- |\n")[1].Split("\n\n")[0];
        var rows = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var cells in table.Split('\n').Select(l => l.Trim('|', ' ').Split(" | ")))
        {
            var names = cells[0].Split(", ").Select(n => n.Trim('`')).ToList();
            var defaults = cells[1].Split(", ");
            for (var i = 0; i < names.Count; i++)
            {
                rows.Add(names[i], names.Count > 1 && defaults.Length == names.Count ? defaults[i] : cells[1]);
            }
        }

        return rows;
    }

    [GeneratedRegex(@"^(\d+(?:\.\d+)?) (ms|s|min|h)$")]
    private static partial Regex Duration();
}
