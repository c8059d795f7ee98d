using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using OrleansHealing.Agents;
using OrleansHealing.Supervision;
using StackExchange.Redis;

namespace OrleansHealing.Hosting;

/// <summary>Stops the host on a wrong option, naming the property, the value and the rule.</summary>
internal sealed class HealingOptionsValidator(IEnumerable<AgentKind> kinds) : IValidateOptions<HealingOptions>
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, HealingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var faults = new List<string>();
        var annotations = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), annotations, validateAllProperties: true);
        faults.AddRange(annotations.Select(a => $"{nameof(HealingOptions)}.{string.Join(',', a.MemberNames)}: {a.ErrorMessage}"));

        Span(nameof(options.Heartbeat), options.Heartbeat, TimeSpan.FromMilliseconds(10), Day);
        Span(nameof(options.Timeout), options.Timeout, TimeSpan.FromMilliseconds(50), Day);
        Span(nameof(options.ProgressTimeout), options.ProgressTimeout ?? Day, TimeSpan.FromMilliseconds(50), Day);
        Span(nameof(options.StartupGrace), options.StartupGrace, TimeSpan.FromMilliseconds(100), Day);
        Span(nameof(options.StopGrace), options.StopGrace, TimeSpan.Zero, Day);
        Span(nameof(options.Stable), options.Stable, TimeSpan.Zero, Day);
        Span(nameof(options.MaxExpectedSilence), options.MaxExpectedSilence, TimeSpan.FromSeconds(1), TimeSpan.FromDays(7));
        Span(nameof(options.BackoffBase), options.BackoffBase, TimeSpan.Zero, Day);
        Span(nameof(options.BackoffMax), options.BackoffMax, TimeSpan.Zero, Day);
        Span(nameof(options.Probation), options.Probation, TimeSpan.Zero, Day);
        Span(nameof(options.FlushInterval), options.FlushInterval, TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
        Span(nameof(options.MaxSleep), options.MaxSleep, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        Span(nameof(options.SupervisorWatch), options.SupervisorWatch, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        Span(nameof(options.StoreTimeout), options.StoreTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        if (!Enum.IsDefined(options.Restart))
        {
            faults.Add($"{nameof(HealingOptions)}.{nameof(options.Restart)} must be Permanent, Transient or Temporary (it is {options.Restart}).");
        }

        if (faults.Count == 0)
        {
            faults.AddRange(PolicyRules.Check(options.ToPolicy()).Select(f => $"{nameof(HealingOptions)}: {f}."));
        }

        if (faults.Count == 0)
        {
            faults.AddRange(kinds.SelectMany(k => KindFaults(k, options.ToPolicy())));
        }

        if (options.ConnectionString.Length > 0 && !CanParse(options.ConnectionString))
        {
            // The text itself stays out of the message: it may hold a password.
            faults.Add($"{nameof(HealingOptions)}.{nameof(options.ConnectionString)} must be a StackExchange.Redis configuration such as 'localhost:6379'.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void Span(string property, TimeSpan value, TimeSpan min, TimeSpan max)
        {
            if (value < min || value > max)
            {
                faults.Add($"{nameof(HealingOptions)}.{property} must be {min} to {max} (it is {value}).");
            }
        }
    }

    private static IEnumerable<string> KindFaults(AgentKind kind, SupervisionPolicy fleet)
    {
        var single = PolicyRules.Check(kind.Policy).ToList();
        return (single.Count > 0 ? single : PolicyRules.Check(kind.Policy.Over(fleet)))
            .Select(f => $"Agent kind '{kind.Name}' on these {nameof(HealingOptions)}: {f}.");
    }

    private static bool CanParse(string connectionString)
    {
        try
        {
            return ConfigurationOptions.Parse(connectionString).EndPoints.Count > 0;
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            return false;
        }
    }
}
