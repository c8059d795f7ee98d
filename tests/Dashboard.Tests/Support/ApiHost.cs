using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OrleansHealing.Dashboard.Hosting;

namespace OrleansHealing.Dashboard.Support;

/// <summary>The API in a real Kestrel on a free loopback port, over a <see cref="FakeFleet"/>.</summary>
public sealed class ApiHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ApiHost(WebApplication app, FakeFleet fleet, FakeTimeProvider time, LogLines log)
    {
        Log = log;
        _app = app;
        Fleet = fleet;
        Time = time;
        var address = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();
        Client = new HttpClient(new HttpClientHandler { UseCookies = false })
        {
            BaseAddress = new Uri(address.Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal)),
            Timeout = TimeSpan.FromSeconds(30),
        };
    }

    public FakeFleet Fleet { get; }

    public FakeTimeProvider Time { get; }

    public HttpClient Client { get; }

    /// <summary>What was logged.</summary>
    public LogLines Log { get; }

    public IEnumerable<Endpoint> Endpoints => ((IEndpointRouteBuilder)_app).DataSources.SelectMany(d => d.Endpoints);

    public static async Task<ApiHost> StartAsync(Action<HealingDashboardOptions>? configure = null, Action<WebApplication>? before = null, string url = "http://127.0.0.1:0",
        Action<WebApplicationBuilder>? services = null, Action<WebApplication>? map = null)
    {
        var fleet = new FakeFleet();
        var time = new FakeTimeProvider(Sample.At);
        var builder = WebApplication.CreateSlimBuilder();
        var log = new LogLines();
        builder.Logging.ClearProviders().AddProvider(log);
        builder.WebHost.UseUrls(url);
        builder.Services.AddSingleton(FakeGrainFactory.Of(fleet));
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Services.AddHealingDashboard(configure);
        services?.Invoke(builder);
        var app = builder.Build();
        before?.Invoke(app);
        (map ?? (a => a.MapHealing()))(app);
        try
        {
            await app.StartAsync(TestContext.Current.CancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        return new ApiHost(app, fleet, time, log);
    }

    /// <summary>Sends a request; a body of null sends none.</summary>
    public async Task<(HttpStatusCode Status, string Body, HttpResponseMessage Response)> SendAsync(
        string method, string path, string? body = null, string? type = "application/json", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            if (type is not null)
            {
                request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            }
        }

        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), response);
    }

    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
