using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OrleansHealing.Agents;
using OrleansHealing.Alerts;
using OrleansHealing.Alerts.Sinks;
using OrleansHealing.Webhooks;

namespace OrleansHealing.Tests.Alerts;

/// <summary>A real Alertmanager takes what is sent, and knows the end of what it took.</summary>
public sealed class AlertmanagerTests : IDisposable
{
    private static readonly AlertNotice Firing = new()
    {
        Key = "healing/0/agent-quarantined/doomed",
        MessageId = "1",
        State = AlertState.Firing,
        Condition = AlertCondition.AgentQuarantined,
        Severity = AlertSeverity.Error,
        Summary = "Agent 'doomed' was given up on (crashed)",
        Details = "it broke",
        Fleet = "healing",
        AgentId = AgentId.Parse("doomed"),
        Labels = new Dictionary<string, string> { ["on-call/1"] = "b", ["empty"] = "" },
        BeganAt = TimeProvider.System.GetUtcNow().AddMinutes(-3),
    };

    private readonly ServiceProvider _services;

    public AlertmanagerTests()
    {
        var services = new ServiceCollection();
        services.AddWebhookClient();
        _services = services.BuildServiceProvider();
    }

    public void Dispose() => _services.Dispose();

    [Fact]
    public async Task Send_FiringTwiceAndItsEnd_IsOneAlertThatIsOver()
    {
        await using var server = await RealAlertmanager.StartAsync();
        var sink = Sink(server);

        await sink.SendAsync(Firing, TestContext.Current.CancellationToken);
        await sink.SendAsync(Firing with { Summary = "Agent 'doomed' was given up on again" }, TestContext.Current.CancellationToken);

        var labels = Assert.Single(await SeeAsync(server, 1)).GetProperty("labels");
        Assert.Equal(
            ("HealingAgentQuarantined", "error", "doomed", "b"),
            (labels.GetProperty("alertname").GetString(), labels.GetProperty("severity").GetString(), labels.GetProperty("agent").GetString(), labels.GetProperty("on_call_1").GetString()));

        await sink.SendAsync(Firing with { State = AlertState.Resolved, EndedAt = Firing.BeganAt.AddMinutes(2) }, TestContext.Current.CancellationToken);

        Assert.Empty(await SeeAsync(server, 0));
    }

    [Fact]
    public async Task Send_AgainAfterItWasStartedAnew_IsThereAgain()
    {
        await using var server = await RealAlertmanager.StartAsync();
        await Sink(server).SendAsync(Firing, TestContext.Current.CancellationToken);
        await SeeAsync(server, 1);

        await server.RestartAsync();
        Assert.Empty(await server.ActiveAsync());
        await Sink(server).SendAsync(Firing, TestContext.Current.CancellationToken);

        await SeeAsync(server, 1);
        Assert.NotNull(Sink(server).RepeatEvery);
    }

    /// <summary>Whose clock is behind by a second must not take an end for one that is to come.</summary>
    [Fact]
    public async Task Send_EndByAClockThatIsAhead_IsTheEnd()
    {
        await using var server = await RealAlertmanager.StartAsync();
        var ahead = new AlertmanagerSink(server.Url, _services.GetRequiredService<IHttpClientFactory>(), new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddSeconds(30)));
        var justNow = Firing with { BeganAt = TimeProvider.System.GetUtcNow() };
        await ahead.SendAsync(justNow, TestContext.Current.CancellationToken);
        await SeeAsync(server, 1);

        await ahead.SendAsync(justNow with { State = AlertState.Resolved }, TestContext.Current.CancellationToken);

        Assert.Empty(await SeeAsync(server, 0));
    }

    private AlertmanagerSink Sink(RealAlertmanager server) => new(server.Url, _services.GetRequiredService<IHttpClientFactory>(), TimeProvider.System);

    private static async Task<IReadOnlyList<JsonElement>> SeeAsync(RealAlertmanager server, int count)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var seen = await server.ActiveAsync();
            if (seen.Count == count)
            {
                return seen;
            }

            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"Awaited {count} open alerts; seen: {string.Join(", ", seen)}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
