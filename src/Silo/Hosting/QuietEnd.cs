using Microsoft.Extensions.Options;

namespace OrleansHealing.Silo.Hosting;

/// <summary>
/// Keeps out of the log what is only the echo of an order to stop. A start that is broken off fails in every part of Orleans
/// that was at work, each with a stack trace; a silo that stops with others finds them gone, and the last one finds none to hand
/// its grains to. What agents and supervision have to say is never held back while a silo that was up stops.
/// </summary>
internal sealed class QuietEnd : IPostConfigureOptions<LoggerFilterOptions>
{
    private const string Orleans = "Orleans.";

    /// <summary>The host's lifetime, once there is a host.</summary>
    public IHostApplicationLifetime? Lifetime { get; set; }

    /// <summary>Whether the order to stop came before the silo was up.</summary>
    public bool IsStartBrokenOff => IsStopping && !Lifetime!.ApplicationStarted.IsCancellationRequested;

    private bool IsStopping => Lifetime is { ApplicationStopping.IsCancellationRequested: true };

    public void PostConfigure(string? name, LoggerFilterOptions options)
    {
        // Of all rules that fit, only the most special one is asked; so it has to be a part of each.
        for (var i = 0; i < options.Rules.Count; i++)
        {
            var rule = options.Rules[i];
            options.Rules[i] = new LoggerFilterRule(
                rule.ProviderName,
                rule.CategoryName,
                rule.LogLevel,
                (provider, category, level) => IsSaid(category, level) && (rule.Filter?.Invoke(provider, category, level) ?? true));
        }

        options.Rules.Insert(0, new LoggerFilterRule(null, null, options.MinLevel, (_, category, level) => IsSaid(category, level)));
    }

    private bool IsSaid(string? category, LogLevel level) =>
        !IsStopping || !(IsStartBrokenOff || category?.StartsWith(Orleans, StringComparison.Ordinal) is true) || level >= LogLevel.Critical;
}
