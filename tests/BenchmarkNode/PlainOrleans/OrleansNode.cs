using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using StackExchange.Redis;

namespace OrleansHealing.BenchmarkNode.PlainOrleans;

/// <summary>Orleans by itself, with the means that it has to keep a grain at work: a reminder, at the least period that it allows.</summary>
internal static class OrleansNode
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        var given = PeerArguments.Read(arguments);
        var redis = ConfigurationOptions.Parse(given.Redis);
        var builder = PeerHost.CreateBuilder();
        builder.Services.AddSingleton(given);
        builder.Services.AddSingleton(await PeerStore.ConnectAsync(given));
        builder.Host.UseOrleans(silo => silo
            .Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = ("peers", "peers"))
            .Configure<SiloOptions>(o => o.SiloName = given.Name)
            .ConfigureEndpoints(IPAddress.Loopback, given.Port, gatewayPort: 0)
            .UseRedisClustering(o => o.ConfigurationOptions = redis)
            .UseRedisReminderService(o => o.ConfigurationOptions = redis));
        var app = builder.Build();
        var grains = app.Services.GetRequiredService<IGrainFactory>();
        await PeerHost.RunAsync(
            app, given.Name, worker => grains.GetGrain<IWorkerGrain>(worker).StartAsync(), worker => grains.GetGrain<IWorkerGrain>(worker).CrashAsync());
        return 0;
    }
}
