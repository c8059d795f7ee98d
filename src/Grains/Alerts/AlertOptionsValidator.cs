using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using OrleansHealing.Webhooks;

namespace OrleansHealing.Alerts;

/// <summary>Stops the host on a wrong option, naming the property and the rule; never the value of a secret.</summary>
public sealed class AlertOptionsValidator : IValidateOptions<AlertOptions>
{
    private const int MaxSinks = 32;
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, AlertOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var faults = new List<string>();
        Annotations(options, nameof(AlertOptions));
        Span(nameof(options.ResolveAfter), options.ResolveAfter, TimeSpan.Zero, Day);
        Span(nameof(options.UpdateEvery), options.UpdateEvery, TimeSpan.FromSeconds(1), Day);
        Span(nameof(options.StoreAfter), options.StoreAfter, TimeSpan.FromSeconds(5), Day);
        Span(nameof(options.SupervisorAfter), options.SupervisorAfter, TimeSpan.FromSeconds(5), Day);
        Span(nameof(options.DeadManEvery), options.DeadManEvery, TimeSpan.FromSeconds(1), Day);
        Address(nameof(options.PageUrl), options.PageUrl, isNeeded: false);
        Address(nameof(options.DeadManUrl), options.DeadManUrl, isNeeded: false);
        if (options.Sinks.Count > MaxSinks)
        {
            faults.Add($"{nameof(AlertOptions)}.{nameof(options.Sinks)} must be at most {MaxSinks} (there are {options.Sinks.Count}).");
        }

        for (var i = 0; i < options.Sinks.Count; i++)
        {
            Sink(options.Sinks[i], $"{nameof(options.Sinks)}[{i}].");
        }

        foreach (var twice in options.Sinks.GroupBy(s => s.Name, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1))
        {
            faults.Add($"{nameof(AlertOptions)}.{nameof(options.Sinks)} must have names of their own ('{twice.Key}' is there {twice.Count()} times).");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void Sink(AlertSinkOptions sink, string path)
        {
            Annotations(sink, $"{nameof(AlertOptions)}.{path[..^1]}");
            Span(path + nameof(sink.After), sink.After, TimeSpan.Zero, Day);
            Span(path + nameof(sink.Timeout), sink.Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
            Address(path + nameof(sink.Url), sink.Url, isNeeded: sink.Kind is AlertSinkKind.Webhook or AlertSinkKind.Slack or AlertSinkKind.Alertmanager);
            if (sink.Kind is AlertSinkKind.PagerDuty && string.IsNullOrWhiteSpace(sink.Key))
            {
                faults.Add($"{nameof(AlertOptions)}.{path}{nameof(sink.Key)} must be PagerDuty's routing key.");
            }

            if (sink.Kind is AlertSinkKind.Webhook && WebhookSignature.Fault(sink.Key) is { } fault)
            {
                faults.Add($"{nameof(AlertOptions)}.{path}{nameof(sink.Key)} {fault}");
            }
        }

        void Annotations(object of, string path)
        {
            var results = new List<ValidationResult>();
            Validator.TryValidateObject(of, new ValidationContext(of), results, validateAllProperties: true);
            faults.AddRange(results.Select(r => $"{path}.{string.Join(',', r.MemberNames)}: {r.ErrorMessage}"));
        }

        void Span(string property, TimeSpan value, TimeSpan min, TimeSpan max)
        {
            if (value < min || value > max)
            {
                faults.Add($"{nameof(AlertOptions)}.{property} must be {min} to {max} (it is {value}).");
            }
        }

        void Address(string property, Uri? value, bool isNeeded)
        {
            if (value is null ? isNeeded : !value.IsAbsoluteUri || value.Scheme is not ("http" or "https"))
            {
                faults.Add($"{nameof(AlertOptions)}.{property} must be an address that begins with http:// or https://.");
            }
        }
    }
}
