using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using OrleansHealing.Telemetry;

namespace OrleansHealing.Silo.Telemetry;

/// <summary>
/// What a silo tells, and to whom: Prometheus fetches its metrics from <c>/metrics</c>, and where OpenTelemetry's own variables name an
/// OTLP endpoint, metrics, traces and logs are sent there. Without one nothing is traced.
/// </summary>
internal static class SiloTelemetry
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Adds it to the host.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="name">The silo's name.</param>
    public static void AddSiloTelemetry(this WebApplicationBuilder builder, string name)
    {
        var telemetry = builder.Services.AddOpenTelemetry()

            // The variables come last: OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES are what whoever runs it says.
            .ConfigureResource(resource => resource.AddService("OrleansHealing.Silo", serviceInstanceId: name).AddEnvironmentVariableDetector())
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(HealingMetrics.MeterName, "Microsoft.Orleans").AddPrometheusExporter();
                if (IsSent(builder.Configuration, "METRICS"))
                {
                    metrics.AddOtlpExporter();
                }
            });
        if (IsSent(builder.Configuration, "TRACES"))
        {
            // The client's spans are there for the bodies, which call others by HTTP.
            telemetry.WithTracing(traces => traces.AddSource(HealingTracing.SourceName, "System.Net.Http").AddOtlpExporter());
        }

        if (IsSent(builder.Configuration, "LOGS"))
        {
            telemetry.WithLogging(logs => logs.AddOtlpExporter(), logs => (logs.IncludeScopes, logs.IncludeFormattedMessage) = (true, true));
        }
    }

    /// <summary>Serves <c>/metrics</c>.</summary>
    public static void MapSiloTelemetry(this IEndpointRouteBuilder routes) => routes.MapPrometheusScrapingEndpoint("/metrics");

    private static bool IsSent(ConfigurationManager configuration, string signal) =>
        configuration[$"OTEL_{signal}_EXPORTER"] is not "none"
        && (configuration[Endpoint] is { Length: > 0 } || configuration[$"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"] is { Length: > 0 });
}
