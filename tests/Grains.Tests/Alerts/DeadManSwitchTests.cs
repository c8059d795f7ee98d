using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OrleansHealing.Alerts;
using OrleansHealing.Heartbeats;
using OrleansHealing.Webhooks;

namespace OrleansHealing.Tests.Alerts;

public sealed class DeadManSwitchTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services;
    private ReceiverOfAlerts _receiver = null!;

    public DeadManSwitchTests()
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
    public async Task Touch_OverTime_IsOneGetAMinute()
    {
        var deadMan = Create();
        for (var second = 0; second < 180; second++)
        {
            await deadMan.TouchAsync(Token);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(["GET /ping/secret", "GET /ping/secret", "GET /ping/secret"], _receiver.Requests.Select(r => $"{r.Method} {r.Path}"));
    }

    [Fact]
    public async Task Touch_ServiceThatRefuses_IsMissedAtTheThirdTimeAndReachedWhenItTakesIt()
    {
        _receiver.Otherwise = ReceiverOfAlerts.Status(404);
        var deadMan = Create();
        var outcomes = new List<DeadManOutcome>();
        for (var i = 0; i < 4; i++)
        {
            outcomes.Add(await deadMan.TouchAsync(Token));
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        _receiver.Otherwise = ReceiverOfAlerts.Status(200);
        outcomes.Add(await deadMan.TouchAsync(Token));

        Assert.Equal([DeadManOutcome.NotDue, DeadManOutcome.NotDue, DeadManOutcome.Missed, DeadManOutcome.Missed, DeadManOutcome.Reached], outcomes);
    }

    private DeadManSwitch Create() => new(
        Options.Create(new AlertOptions { DeadManUrl = new Uri(_receiver.Url, "/ping/secret") }),
        _services.GetRequiredService<IHttpClientFactory>(), new StoreClock(_time, NullLogger<StoreClock>.Instance), _time, NullLogger<DeadManSwitch>.Instance);
}
