using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OrleansHealing.BenchmarkNode;

/// <summary>What all nodes of peers have: two orders over HTTP, and an end with whoever started them.</summary>
internal static class PeerHost
{
    public static WebApplicationBuilder CreateBuilder()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning);
        return builder;
    }

    /// <param name="app">The node.</param>
    /// <param name="name">Its name.</param>
    /// <param name="spawn">Starts the worker of this name, once and for all, somewhere in the cluster.</param>
    /// <param name="crash">Crashes the worker of this name.</param>
    public static async Task RunAsync(WebApplication app, string name, Func<string, Task> spawn, Func<string, Task> crash)
    {
        app.MapPost("/spawn/{worker}", async (string worker) =>
        {
            await spawn(worker);
            return Results.NoContent();
        });
        app.MapPost("/crash/{worker}", async (string worker) =>
        {
            await crash(worker);
            return Results.NoContent();
        });
        await app.StartAsync();
        Console.WriteLine($"{name} is up. Dashboard: {app.Urls.First()}");
        _ = Task.Run(() => EndWithParent(app.Services.GetRequiredService<IHostApplicationLifetime>()));
        await app.WaitForShutdownAsync();
    }

    private static void EndWithParent(IHostApplicationLifetime lifetime)
    {
        while (Console.In.Read() >= 0)
        {
        }

        lifetime.StopApplication();
    }
}
