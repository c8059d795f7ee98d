using System.Diagnostics;
using System.Text.RegularExpressions;

namespace OrleansHealing.Silo.Telemetry;

/// <summary>The alerts that are shipped, as promtool plays them.</summary>
public sealed partial class AlertRulesTests
{
    [Theory]
    [InlineData("check", "config", "prometheus.yml")]
    [InlineData("test", "rules", "healing-rules-test.yml")]
    public async Task Promtool_OnTheShippedFiles_FindsNoFault(string verb, string what, string file)
    {
        var (code, said) = await PromtoolAsync(verb, what, Path.Combine(Deployed.Folder, "prometheus", file));

        Assert.True(code == 0, said);
    }

    [Fact]
    public async Task RulesTest_EveryAlert_FiresAndResolves()
    {
        var expected = (await File.ReadAllTextAsync(Deployed.RulesTest, TestContext.Current.CancellationToken)).Split("alertname: ")[1..]
            .Select(e => (Alert: Word().Match(e).Value, IsResolved: e.Contains("exp_alerts: []", StringComparison.Ordinal))).ToList();

        Assert.NotEmpty(Deployed.Alerts);
        Assert.All(Deployed.Alerts, alert => Assert.Equal(
            (true, true), (expected.Any(e => e == (alert, false)), expected.Where(e => e.Alert == alert).Select(e => e.IsResolved).LastOrDefault())));
    }

    /// <summary>What plays the alerts would notice one that never fires.</summary>
    [Fact]
    public async Task Promtool_OnAnAlertThatIsNeverReached_Fails()
    {
        var folder = Directory.CreateTempSubdirectory("healing-rules-");
        try
        {
            var rules = await File.ReadAllTextAsync(Deployed.Rules, TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(
                Path.Combine(folder.FullName, "healing-rules.yml"), rules.Replace("healing_agent_abandoned > 0", "healing_agent_abandoned > 1", StringComparison.Ordinal), TestContext.Current.CancellationToken);
            File.Copy(Deployed.RulesTest, Path.Combine(folder.FullName, "test.yml"));

            var (code, said) = await PromtoolAsync("test", "rules", Path.Combine(folder.FullName, "test.yml"));

            Assert.NotEqual(0, code);
            Assert.Contains("HealingBodiesAbandoned", said, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<(int Code, string Said)> PromtoolAsync(params string[] arguments)
    {
        var promtool = PrometheusServer.Find("promtool");
        Assert.SkipWhen(promtool is null, "promtool is not installed: apt-get install prometheus");
        var cancellation = TestContext.Current.CancellationToken;
        using var process = Process.Start(new ProcessStartInfo(promtool!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, await output + await errors);
    }

    [GeneratedRegex(@"^\w+")]
    private static partial Regex Word();
}
