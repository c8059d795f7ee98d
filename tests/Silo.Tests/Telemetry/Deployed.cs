using System.Text.Json;
using System.Text.RegularExpressions;

namespace OrleansHealing.Silo.Telemetry;

/// <summary>What is shipped for Prometheus and Grafana, as it is in the checkout.</summary>
internal static partial class Deployed
{
    public static string Folder { get; } = Path.Combine(FindRoot(), "deploy");

    public static string Docs { get; } = Path.Combine(FindRoot(), "docs");

    public static string Rules { get; } = Path.Combine(Folder, "prometheus", "healing-rules.yml");

    public static string RulesTest { get; } = Path.Combine(Folder, "prometheus", "healing-rules-test.yml");

    public static string Configuration { get; } = Path.Combine(Folder, "prometheus", "prometheus.yml");

    /// <summary>The names of the alerts.</summary>
    public static IReadOnlyList<string> Alerts { get; } = [.. Alert().Matches(File.ReadAllText(Rules)).Select(m => m.Groups[1].Value)];

    /// <summary>The queries of the dashboard, with an interval in the place of Grafana's own.</summary>
    public static IReadOnlyList<string> Queries()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "grafana", "healing.json")));
        return
        [
            .. from panel in dashboard.RootElement.GetProperty("panels").EnumerateArray()
               where panel.TryGetProperty("targets", out _)
               from target in panel.GetProperty("targets").EnumerateArray()
               select target.GetProperty("expr").GetString()!.Replace("$__rate_interval", "1m", StringComparison.Ordinal),
        ];
    }

    /// <summary>The metrics that a text names.</summary>
    public static IEnumerable<string> Metrics(string text) => Metric().Matches(text).Select(m => m.Value).Distinct();

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "OrleansHealing.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No OrleansHealing.sln above {AppContext.BaseDirectory}.");
    }

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex(@"\b(healing_\w+|up)\b(?=[{\[) ]|$)", RegexOptions.Multiline)]
    private static partial Regex Metric();
}
