using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OrleansHealing.Silo.Telemetry;

/// <summary>A receiver of OTLP over HTTP on a free loopback port. The field numbers are those of opentelemetry-proto 1.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<SpanSeen> _spans = new();
    private readonly ConcurrentQueue<LogSeen> _logs = new();
    private readonly ConcurrentDictionary<string, bool> _metrics = new();

    private OtlpReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost("/v1/traces", (RequestDelegate)(http => TakeAsync(http, TakeSpans)));
        _app.MapPost("/v1/logs", (RequestDelegate)(http => TakeAsync(http, TakeLogs)));
        _app.MapPost("/v1/metrics", (RequestDelegate)(http => TakeAsync(http, TakeMetrics)));
        _app.MapGet("/called", () => "by a body");
    }

    public string Url => _app.Urls.Single();

    /// <summary>What makes a process send here, soon.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Url,
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
        ["OTEL_BLRP_SCHEDULE_DELAY"] = "200",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000",
    };

    public IReadOnlyList<SpanSeen> Spans => [.. _spans];

    public IReadOnlyList<LogSeen> Logs => [.. _logs];

    public ICollection<string> Metrics => _metrics.Keys;

    public static async Task<OtlpReceiver> StartAsync()
    {
        var receiver = new OtlpReceiver();
        await receiver._app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static async Task TakeAsync(HttpContext http, Action<WireMessage> take)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        take(new WireMessage(body.ToArray()));
        http.Response.ContentType = "application/x-protobuf";
    }

    private void TakeSpans(WireMessage request)
    {
        foreach (var resource in request.All(1))
        {
            var silo = InstanceOf(resource);
            foreach (var scope in resource.All(2))
            {
                var source = scope.All(1).Select(s => s.Text(1)).FirstOrDefault("");
                foreach (var span in scope.All(2))
                {
                    _spans.Enqueue(new SpanSeen(
                        source, silo, span.Hex(1), span.Hex(2), span.Hex(4), span.Text(5), span.Number(7), span.Number(8), span.Attributes(9),
                        [.. span.All(11).Select(e => e.Text(2))], [.. span.All(13).Select(l => l.Hex(1))], span.All(15).Any(s => s.Number(3) == 2)));
                }
            }
        }
    }

    private void TakeLogs(WireMessage request)
    {
        foreach (var resource in request.All(1))
        {
            foreach (var log in resource.All(2, 2))
            {
                _logs.Enqueue(new LogSeen(InstanceOf(resource), log.All(5).Select(WireMessage.Value).FirstOrDefault(""), log.Hex(9), log.Hex(10), log.Attributes(6)));
            }
        }
    }

    private void TakeMetrics(WireMessage request)
    {
        foreach (var metric in request.All(1, 2, 2))
        {
            _metrics[metric.Text(1)] = true;
        }
    }

    private static string InstanceOf(WireMessage resource) => resource.All(1).Select(r => r.Attributes(1)["service.instance.id"]).Single();
}

/// <summary>A span as it came; times are ns since 1970.</summary>
internal sealed record SpanSeen(
    string Source, string Silo, string Trace, string Id, string Parent, string Name, ulong Began, ulong Ended, IReadOnlyDictionary<string, string> Attributes,
    IReadOnlyList<string> Events, IReadOnlyList<string> Links, bool IsError)
{
    public TimeSpan Took => TimeSpan.FromMicroseconds((Ended - Began) / 1000.0);

    public override string ToString() => $"{Name} on {Silo} [{string.Join(' ', Events)}]";
}

/// <summary>A log record as it came.</summary>
internal sealed record LogSeen(string Silo, string Text, string Trace, string Span, IReadOnlyDictionary<string, string> Attributes);
