using Microsoft.Extensions.DependencyInjection;
using OrleansHealing.Alerts;
using OrleansHealing.Fleet;
using StackExchange.Redis;

namespace OrleansHealing.Client.Connection;

/// <summary>An Orleans client at work, with the store connection that it finds silos by.</summary>
internal sealed class OrleansConnection(
    ServiceProvider services,
    ConnectionMultiplexer redis,
    IClusterClient client,
    string description,
    TimeSpan clockOffset) : IFleetConnection
{
    public IFleetGrain Fleet { get; } = client.GetFleet();

    public IAlertGrain Alerts { get; } = client.GetAlerts();

    public string Description { get; } = description;

    public TimeSpan ClockOffset { get; } = clockOffset;

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await redis.DisposeAsync();
    }
}
