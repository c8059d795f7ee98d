using System.Text.Json;
using OrleansHealing.Docs;

namespace OrleansHealing.Silo.Telemetry;

/// <summary>A real Prometheus that scrapes three silos by what is shipped for it.</summary>
[Collection(nameof(ToldClusterTests))]
public sealed class PrometheusTests(ToldCluster cluster)
{
    // Labels that Prometheus, or the exporter, adds to every series.
    private static readonly string[] Added = ["__name__", "instance", "job", "le", "otel_scope_name"];

    [Fact]
    public async Task Prometheus_ByTheShippedFiles_SeesThreeSilosAndEverythingThatIsAskedOfThem()
    {
        await using var prometheus = await PrometheusServer.StartAsync(cluster.Silos.Silos.Select(s => new Uri(s.Url!).Authority));
        await cluster.CrashTwiceAsync("scraped");

        await Eventually.SeeAsync("three healthy targets", () => prometheus.AskAsync("targets"), t => t.GetProperty("activeTargets").EnumerateArray().Count(IsUp) == 3);
        if (await prometheus.PageAsync("/classic/targets") is { } page)
        {
            // Its own page, where the package has one that is not drawn by a script.
            Assert.Contains("healing (3/3 up)", page, StringComparison.Ordinal);
        }

        Assert.NotEmpty(Deployed.Queries());
        foreach (var query in Deployed.Queries())
        {
            await Eventually.SeeAsync($"an answer to {query}", () => prometheus.QueryAsync(query), values => values.Count > 0);
        }

        await Eventually.SeeAsync("each rule to be evaluated", () => prometheus.AskAsync("rules"), r => Rules(r).All(rule => rule.Health == "ok"));
        Assert.Equal(Deployed.Alerts, Rules(await prometheus.AskAsync("rules")).Select(r => r.Name));
        var names = Names(await prometheus.AskAsync("label/__name__/values"));
        Assert.Empty(Deployed.Metrics(await File.ReadAllTextAsync(Deployed.Rules, TestContext.Current.CancellationToken)).Except(names));

        // By the silo of the supervisor and no other.
        await Eventually.SeeAsync(
            "the agents of one silo alone", () => prometheus.QueryAsync("count(count by (instance) (healing_agents))"), values => values is ["1"]);
        await DocumentedAsync(prometheus, names);
    }

    /// <summary>What is there is in docs/TELEMETRY.md, with its labels; what the document has and is not there happens seldom.</summary>
    private static async Task DocumentedAsync(PrometheusServer prometheus, HashSet<string> names)
    {
        var rows = TelemetryDocs.Instruments;
        var seldom = rows.Where(r => !names.Overlaps(r.Series)).Select(r => r.Name);
        Assert.Empty(seldom.Except(["healing.detect.overdue", "healing.detect.mistake.duration", "healing.detect.mistake.recurrence"]));
        Assert.Empty(names.Where(n => n.StartsWith("healing_", StringComparison.Ordinal)).Except(rows.SelectMany(r => r.Series)));
        var series = await prometheus.AskAsync("series?match[]=" + Uri.EscapeDataString("{__name__=~\"healing_.+\"}"));
        foreach (var labels in series.EnumerateArray().Select(s => s.EnumerateObject().ToDictionary(l => l.Name, l => l.Value.GetString()!)))
        {
            var row = rows.Single(r => r.Series.Contains(labels["__name__"]));
            Assert.Empty(labels.Keys.Except([.. Added, .. row.Tags.Select(t => t.Replace('.', '_'))]));
        }
    }

    private static bool IsUp(JsonElement target) => target.GetProperty("health").GetString() == "up";

    private static HashSet<string> Names(JsonElement values) => [.. values.EnumerateArray().Select(n => n.GetString()!)];

    private static IReadOnlyList<(string Name, string Health)> Rules(JsonElement rules) =>
    [
        .. rules.GetProperty("groups").EnumerateArray().SelectMany(g => g.GetProperty("rules").EnumerateArray())
            .Select(r => (r.GetProperty("name").GetString()!, r.GetProperty("health").GetString()!)),
    ];
}
