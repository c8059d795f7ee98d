using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OrleansHealing.Agents;
using OrleansHealing.Alerts;
using OrleansHealing.Alerts.Sinks;
using OrleansHealing.Webhooks;

namespace OrleansHealing.Tests.Alerts;

public sealed class AlertSinkTests : IAsyncLifetime
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static readonly AlertNotice Firing = new()
    {
        Key = "healing/0/agent-quarantined/doomed",
        MessageId = "healing/0/agent-quarantined/doomed/1767323045000/firing/1",
        State = AlertState.Firing,
        Condition = AlertCondition.AgentQuarantined,
        Severity = AlertSeverity.Error,
        Summary = "Agent 'doomed' was given up on (crashed)",
        Details = "<!channel> it broke & fell",
        Fleet = "healing",
        AgentId = AgentId.Parse("doomed"),
        Labels = new Dictionary<string, string> { ["team"] = "a", ["on-call/1"] = "b" },
        BeganAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Link = new Uri("https://fleet.example/#/agents/doomed"),
    };

    private static readonly AlertNotice Resolved = Firing with
    {
        MessageId = "healing/0/agent-quarantined/doomed/1767323045000/resolved/2",
        State = AlertState.Resolved,
        EndedAt = Firing.BeganAt.AddMinutes(3),
    };

    private readonly ServiceProvider _services;
    private readonly IHttpClientFactory _clients;
    private ReceiverOfAlerts _receiver = null!;

    public AlertSinkTests()
    {
        var services = new ServiceCollection();
        services.AddWebhookClient();
        _services = services.BuildServiceProvider();
        _clients = _services.GetRequiredService<IHttpClientFactory>();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _receiver = await ReceiverOfAlerts.OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await _receiver.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task Send_Webhook_IsSignedAsStandardWebhooksSay()
    {
        await Webhook().SendAsync(Firing, Token);

        var request = Assert.Single(_receiver.Requests);
        var headers = new HeaderDictionary(request.Headers.ToDictionary(h => h.Key, h => new Microsoft.Extensions.Primitives.StringValues(h.Value), StringComparer.OrdinalIgnoreCase));
        var body = System.Text.Encoding.UTF8.GetString(request.Body);
        new StandardWebhooks.StandardWebhook(Secret).Verify(body, headers);
        Assert.ThrowsAny<Exception>(() => new StandardWebhooks.StandardWebhook(Secret).Verify(body.Replace("doomed", "healed", StringComparison.Ordinal), headers));
        Assert.Equal(("POST", Firing.MessageId, "application/json"), (request.Method, request.Headers["webhook-id"], request.Headers["content-type"]));
        Assert.Equal("alert.firing", (string?)request.Json["type"]);
        Assert.Equal(
            (Firing.Key, "firing", "agent-quarantined", "error", "doomed", "a"),
            ((string?)request.Json["data"]!["key"], (string?)request.Json["data"]!["state"], (string?)request.Json["data"]!["condition"],
                (string?)request.Json["data"]!["severity"], (string?)request.Json["data"]!["agentId"], (string?)request.Json["data"]!["labels"]!["team"]));
    }

    [Fact]
    public async Task Send_PagerDuty_TriggersAndResolvesUnderOneKey()
    {
        var sink = new PagerDutySink(_receiver.Url, "routing-1", _clients, TimeProvider.System);
        _receiver.Otherwise = ReceiverOfAlerts.Status(202, """{"status":"success"}""");

        await sink.SendAsync(Firing, Token);
        await sink.SendAsync(Resolved, Token);

        var (trigger, resolve) = (_receiver.Requests.First().Json, _receiver.Requests.Last().Json);
        Assert.Equal(("routing-1", "trigger", Firing.Key), ((string?)trigger["routing_key"], (string?)trigger["event_action"], (string?)trigger["dedup_key"]));
        Assert.Equal(("routing-1", "resolve", Firing.Key), ((string?)resolve["routing_key"], (string?)resolve["event_action"], (string?)resolve["dedup_key"]));
        var payload = trigger["payload"]!;
        Assert.Equal(
            (Firing.Summary, "doomed", "error", "agent-quarantined"),
            ((string?)payload["summary"], (string?)payload["source"], (string?)payload["severity"], (string?)payload["class"]));
        Assert.Equal(Firing.BeganAt, DateTimeOffset.Parse((string)payload["timestamp"]!, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(Firing.Link!.AbsoluteUri, (string?)trigger["links"]![0]!["href"]);
    }

    [Fact]
    public async Task Send_Slack_SaysItAndCallsNobodyByAnErrorsText()
    {
        var sink = new SlackSink(_receiver.Url, _clients, TimeProvider.System);

        await sink.SendAsync(Firing, Token);
        await sink.SendAsync(Resolved, Token);

        var (said, over) = (_receiver.Requests.First().Json, _receiver.Requests.Last().Json);
        Assert.Contains("[error] Agent 'doomed' was given up on", (string?)said["text"], StringComparison.Ordinal);
        Assert.Contains("Resolved", (string?)over["text"], StringComparison.Ordinal);
        var text = (string)said["attachments"]![0]!["text"]!;
        Assert.Contains("&lt;!channel&gt; it broke &amp; fell", text, StringComparison.Ordinal);
        Assert.Contains("<https://fleet.example/#/agents/doomed|", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_Alertmanager_KeepsItsLabelsFromBeginningToEnd()
    {
        var sink = new AlertmanagerSink(new Uri(_receiver.Url, "/am/"), _clients, TimeProvider.System);

        await sink.SendAsync(Firing, Token);
        await sink.SendAsync(Resolved with { Summary = "another", Count = 7 }, Token);

        Assert.All(_receiver.Requests, r => Assert.Equal("/am/api/v2/alerts", r.Path));
        var (first, last) = (_receiver.Requests.First().Json[0]!, _receiver.Requests.Last().Json[0]!);
        Assert.Equal(first["labels"]!.ToJsonString(), last["labels"]!.ToJsonString());
        Assert.Equal(
            ("HealingAgentQuarantined", "error", "doomed", "a", "b"),
            ((string?)first["labels"]!["alertname"], (string?)first["labels"]!["severity"], (string?)first["labels"]!["agent"],
                (string?)first["labels"]!["team"], (string?)first["labels"]!["on_call_1"]));
        Assert.True(DateTimeOffset.Parse((string)first["endsAt"]!, System.Globalization.CultureInfo.InvariantCulture) > TimeProvider.System.GetUtcNow().AddHours(1));
        Assert.True(DateTimeOffset.Parse((string)last["endsAt"]!, System.Globalization.CultureInfo.InvariantCulture) < Firing.BeganAt);
    }

    [Fact]
    public async Task Send_ServerThatFailsForAMoment_IsAskedAgainUnderTheSameId()
    {
        _receiver.Answer(ReceiverOfAlerts.Status(500), ReceiverOfAlerts.BreaksOff());

        await Webhook().SendAsync(Firing, Token);

        Assert.Equal(3, _receiver.Requests.Count);
        Assert.Single(_receiver.Requests.Select(r => r.Headers["webhook-id"]).Distinct());
    }

    [Theory]
    [InlineData(500, false)]
    [InlineData(503, false)]
    [InlineData(408, false)]
    [InlineData(429, false)]
    [InlineData(401, false)]
    [InlineData(403, false)]
    [InlineData(404, false)]
    [InlineData(410, false)]
    [InlineData(400, true)]
    [InlineData(413, true)]
    [InlineData(302, true)]
    public async Task Send_ServerThatDoesNotTakeIt_SaysWhetherItEverWill(int code, bool isRefusal)
    {
        _receiver.Otherwise = ReceiverOfAlerts.Status(code, "no\nroom");

        var error = await Assert.ThrowsAsync<AlertSinkException>(() => Webhook().SendAsync(Firing, Token));

        Assert.Equal((isRefusal, $"answered {code}: no room"), (error.IsRefusal, error.Message));
    }

    [Fact]
    public async Task Send_ServerThatAsksForTime_IsNotAskedAgainAndItsTimePassedOn()
    {
        _receiver.Otherwise = ReceiverOfAlerts.Status(429, retryAfter: "120");

        var error = await Assert.ThrowsAsync<AlertSinkException>(() => Webhook().SendAsync(Firing, Token));

        Assert.Equal((TimeSpan.FromSeconds(120), 1), (error.RetryAfter, _receiver.Requests.Count));
    }

    [Fact]
    public async Task Deliver_ServerThatNeverAnswers_IsGivenUpInTime()
    {
        _receiver.Otherwise = ReceiverOfAlerts.Hangs();
        var channel = new AlertChannel("hook", "webhook", Webhook(), new AlertRoute(), TimeSpan.FromMilliseconds(300));

        var error = await Assert.ThrowsAsync<AlertSinkException>(() => channel.DeliverAsync(Firing, TimeProvider.System, Token));

        Assert.Equal(("no answer within 0.3 s", false), (error.Message, error.IsRefusal));
    }

    /// <summary>Servers like to repeat what they were asked for, and whoever traces requests writes down where they go.</summary>
    [Fact]
    public async Task Send_ServerThatRepeatsTheAddress_TellsNeitherItsErrorNorATraceOfIt()
    {
        var url = new Uri(_receiver.Url, "/services/T0/B0/sesame%20open?token=swordfish");
        _receiver.Otherwise = ReceiverOfAlerts.Status(404, "Cannot POST /services/T0/B0/sesame%20open?token=swordfish or sesame open");
        var seen = new System.Collections.Concurrent.ConcurrentQueue<System.Diagnostics.Activity>();
        using var listener = new System.Diagnostics.ActivityListener
        {
            ShouldListenTo = source => source.Name is "System.Net.Http",
            Sample = (ref _) => System.Diagnostics.ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = seen.Enqueue,
        };
        System.Diagnostics.ActivitySource.AddActivityListener(listener);

        var error = await Assert.ThrowsAsync<AlertSinkException>(() => new SlackSink(url, _clients, TimeProvider.System).SendAsync(Firing, Token));

        Assert.StartsWith("answered 404: Cannot POST", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sesame", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("swordfish", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(seen, a => a.TagObjects.Any(t => t.Value?.ToString()?.Contains("sesame", StringComparison.Ordinal) is true));
    }

    [Fact]
    public async Task Send_NobodyThere_SaysSoWithoutTheAddress()
    {
        var url = new Uri(_receiver.Url, "/services/T0/B0/secret");
        await _receiver.DisposeAsync();

        var error = await Assert.ThrowsAsync<AlertSinkException>(() => new SlackSink(url, _clients, TimeProvider.System).SendAsync(Firing, Token));

        Assert.Equal("could not be reached: ConnectionError", error.Message);
        Assert.False(error.IsRefusal);
    }

    private WebhookSink Webhook() => new(_receiver.Url, WebhookSignature.Read(Secret), _clients, TimeProvider.System);
}
