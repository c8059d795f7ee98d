using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansHealing.Alerts.Sinks;
using OrleansHealing.Serialization;
using OrleansHealing.Webhooks;

namespace OrleansHealing.Alerts;

/// <summary>Every sink of this host, made once.</summary>
internal sealed class AlertChannels
{
    private static readonly TimeSpan OwnTimeout = TimeSpan.FromSeconds(30);

    public AlertChannels(IOptions<AlertOptions> options, IEnumerable<AlertSinkRegistration> own, IServiceProvider services)
    {
        var channels = options.Value.Sinks
            .Select(s => new AlertChannel(s.Name, s.Kind!.Value.ToWord(), Make(s, services), s, s.Timeout))
            .Concat(own.Select(o => new AlertChannel(o.Name, o.Type.Name, (IAlertSink)ActivatorUtilities.CreateInstance(services, o.Type), o.Route, OwnTimeout)))
            .ToList();
        if (channels.Select(c => c.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count() < channels.Count)
        {
            throw new OptionsValidationException(nameof(AlertOptions), typeof(AlertOptions), [$"{nameof(AlertOptions)}.{nameof(AlertOptions.Sinks)} must have names of their own, also beside those registered by AddAlertSink."]);
        }

        All = channels.Count > 0
            ? channels
            : [new AlertChannel("log", AlertSinkKind.Log.ToWord(), new LogSink(services.GetRequiredService<ILogger<LogSink>>()), new AlertRoute(), OwnTimeout)];
    }

    /// <summary>The sinks; the log alone when none is set up.</summary>
    public IReadOnlyList<AlertChannel> All { get; }

    private static IAlertSink Make(AlertSinkOptions options, IServiceProvider services)
    {
        var clients = services.GetRequiredService<IHttpClientFactory>();
        var time = services.GetRequiredService<TimeProvider>();
        return options.Kind switch
        {
            AlertSinkKind.Webhook => new WebhookSink(options.Url!, WebhookSignature.Read(options.Key), clients, time),
            AlertSinkKind.Slack => new SlackSink(options.Url!, clients, time),
            AlertSinkKind.PagerDuty => new PagerDutySink(options.Url, options.Key!, clients, time),
            AlertSinkKind.Alertmanager => new AlertmanagerSink(options.Url!, clients, time),
            _ => new LogSink(services.GetRequiredService<ILogger<LogSink>>()),
        };
    }
}
