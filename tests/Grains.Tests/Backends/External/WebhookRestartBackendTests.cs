using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrleansHealing.Agents;
using OrleansHealing.Backends;
using OrleansHealing.Backends.External;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Alerts;
using OrleansHealing.Tests.Supervision;
using OrleansHealing.Webhooks;

namespace OrleansHealing.Tests.Backends.External;

public sealed class WebhookRestartBackendTests : IAsyncLifetime
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static readonly AgentStart Start = new()
    {
        Definition = new AgentDefinition
        {
            Id = AgentId.Parse("outsider"),
            Kind = ExternalAgentExtensions.Kind,
            Settings = AgentSettings.Parse("""{"image":"poller:7","deep":{"a":[1]}}"""),
            Labels = new Dictionary<string, string> { ["team"] = "a" },
        },
        Policy = Given.Policy,
        Incarnation = 7,
        FirstIncarnation = 3,
        PreviousFailure = new AgentFailure(FailureReason.Silent, "no heartbeat for 5 s", Given.Now),
        TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    };

    private readonly ServiceProvider _services;
    private ReceiverOfAlerts _receiver = null!;

    public WebhookRestartBackendTests()
    {
        var services = new ServiceCollection();
        services.AddWebhookClient();
        _services = services.BuildServiceProvider();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _receiver = await ReceiverOfAlerts.OpenAsync();

    public async ValueTask DisposeAsync()
    {
        await _receiver.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task Start_Order_IsSignedAndSaysAllThatIsNeeded()
    {
        await Backend().StartAsync(Start, Token);
        await Backend().StartAsync(Start, Token);

        var request = _receiver.Requests.First();
        new StandardWebhooks.StandardWebhook(Secret).Verify(
            System.Text.Encoding.UTF8.GetString(request.Body),
            new HeaderDictionary(request.Headers.ToDictionary(h => h.Key, h => new Microsoft.Extensions.Primitives.StringValues(h.Value), StringComparer.OrdinalIgnoreCase)));
        Assert.Equal(["healing/outsider/7/start"], _receiver.Requests.Select(r => r.Headers["webhook-id"]).Distinct());
        Assert.Equal(Start.TraceParent, request.Headers["traceparent"]);
        Assert.Equal("agent.start", (string?)request.Json["type"]);
        Assert.Equal(
            """{"agentId":"outsider","kind":"external","incarnation":7,"settings":{"image":"poller:7","deep":{"a":[1]}},"labels":{"team":"a"},"firstIncarnation":3,"heartbeatSeconds":1,"timeoutSeconds":5,"startupSeconds":15,"previousFailure":{"reason":"silent","message":"no heartbeat for 5 s","at":"2026-01-02T03:04:05.0000000Z"}}""",
            request.Json["data"]!.ToJsonString());
    }

    [Fact]
    public async Task Stop_Order_NamesTheIncarnation()
    {
        await Backend().StopAsync(new AgentStop(AgentId.Parse("outsider"), ExternalAgentExtensions.Kind, 7), Token);

        var request = Assert.Single(_receiver.Requests);
        Assert.Equal(("agent.stop", "healing/outsider/7/stop", 7), ((string?)request.Json["type"], request.Headers["webhook-id"], (int)request.Json["data"]!["incarnation"]!));
    }

    [Theory]
    [InlineData(404, "The order to start it was answered with 404.")]
    [InlineData(409, "The order to start it was answered with 409.")]
    [InlineData(500, "The order to start it was answered with 500.")]
    [InlineData(302, "The order to start it was answered with 302.")]
    public async Task Start_NotTaken_FailsWithTheStatusAndWithoutTheAddress(int code, string expected)
    {
        _receiver.Otherwise = ReceiverOfAlerts.Status(code);

        Assert.Equal(expected, (await Assert.ThrowsAsync<InvalidOperationException>(() => Backend().StartAsync(Start, Token))).Message);
    }

    [Fact]
    public async Task Start_FailsForAMoment_IsTakenInTheEnd()
    {
        _receiver.Answer(ReceiverOfAlerts.Status(500), ReceiverOfAlerts.BreaksOff());

        await Backend().StartAsync(Start, Token);

        Assert.Equal(3, _receiver.Requests.Count);
    }

    [Fact]
    public async Task Start_NoAnswer_IsGivenUpInTime()
    {
        _receiver.Otherwise = ReceiverOfAlerts.Hangs();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Backend(TimeSpan.FromMilliseconds(300)).StartAsync(Start, Token));

        Assert.Equal("Whoever runs it did not answer within 0.3 s.", error.Message);
    }

    [Fact]
    public async Task Start_NobodyToTell_IsLeftToWhoRunsIt()
    {
        await new WebhookRestartBackend(
            Options.Create(new ExternalAgentOptions()), Options.Create(new HealingOptions()), _services.GetRequiredService<IHttpClientFactory>(), TimeProvider.System)
            .StartAsync(Start, Token);

        Assert.Empty(_receiver.Requests);
    }

    [Theory]
    [InlineData("ftp://hidden.example", Secret, 10, "ExternalAgentOptions.Url must be an address")]
    [InlineData("http://hidden.example", "hidden", 10, "ExternalAgentOptions.Key must be the shared secret")]
    [InlineData("http://hidden.example", null, 10, "ExternalAgentOptions.Key must be the shared secret")]
    [InlineData(null, null, 0, "ExternalAgentOptions.Timeout must be")]
    public void Validate_ValueThatBreaksItsRule_NamesThePropertyAndNoSecret(string? url, string? key, int seconds, string expected)
    {
        var fault = Assert.Single(new ExternalAgentOptionsValidator().Validate(
            null, new ExternalAgentOptions { Url = url is null ? null : new Uri(url), Key = key, Timeout = TimeSpan.FromSeconds(seconds) }).Failures ?? []);

        Assert.StartsWith(expected, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", fault, StringComparison.Ordinal);
    }

    private WebhookRestartBackend Backend(TimeSpan? timeout = null) => new(
        Options.Create(new ExternalAgentOptions { Url = new Uri(_receiver.Url, "/hook"), Key = Secret, Timeout = timeout ?? TimeSpan.FromSeconds(10) }),
        Options.Create(new HealingOptions()), _services.GetRequiredService<IHttpClientFactory>(), TimeProvider.System);
}
