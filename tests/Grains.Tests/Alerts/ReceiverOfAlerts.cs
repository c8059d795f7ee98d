using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OrleansHealing.Tests.Alerts;

/// <summary>What a sink posts to: a server on loopback that notes every request and answers as it is told.</summary>
internal sealed class ReceiverOfAlerts : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Func<HttpContext, Task>> _answers = new();

    private ReceiverOfAlerts(WebApplication app) => _app = app;

    public sealed record Request(string Method, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
    {
        public JsonNode Json => JsonNode.Parse(Body)!;
    }

    public ConcurrentQueue<Request> Requests { get; } = new();

    /// <summary>The webhooks that it answered with 200, by their key and state.</summary>
    public ConcurrentQueue<(string Key, string State)> Accepted { get; } = new();

    public Uri Url { get; private set; } = null!;

    /// <summary>How it answers when nothing else is said.</summary>
    public Func<HttpContext, Task> Otherwise { get; set; } = Status(200);

    public static Func<HttpContext, Task> Status(int code, string body = "", string? retryAfter = null) => context =>
    {
        context.Response.StatusCode = code;
        if (retryAfter is not null)
        {
            context.Response.Headers.RetryAfter = retryAfter;
        }

        return context.Response.WriteAsync(body);
    };

    public static Func<HttpContext, Task> BreaksOff() => context =>
    {
        context.Abort();
        return Task.CompletedTask;
    };

    public static Func<HttpContext, Task> Hangs() => context => Task.Delay(Timeout.Infinite, context.RequestAborted);

    public static async Task<ReceiverOfAlerts> OpenAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new ReceiverOfAlerts(app);
        app.Run(receiver.TakeAsync);
        await app.StartAsync();
        receiver.Url = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return receiver;
    }

    /// <summary>Answers the next requests so, one after the other.</summary>
    public void Answer(params Func<HttpContext, Task>[] answers) => Array.ForEach(answers, _answers.Enqueue);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var request = new Request(
            context.Request.Method, context.Request.Path + context.Request.QueryString,
            context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase), body.ToArray());
        Requests.Enqueue(request);
        await (_answers.TryDequeue(out var answer) ? answer : Otherwise)(context);
        if (context.Response.StatusCode is StatusCodes.Status200OK && request.Headers.ContainsKey("webhook-id") && (string?)request.Json["data"]!["key"] is { } key)
        {
            Accepted.Enqueue((key, (string)request.Json["data"]!["state"]!));
        }
    }
}
