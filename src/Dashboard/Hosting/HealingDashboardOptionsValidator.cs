using Microsoft.Extensions.Options;
using OrleansHealing.Dashboard.Access;

namespace OrleansHealing.Dashboard.Hosting;

internal sealed class HealingDashboardOptionsValidator : IValidateOptions<HealingDashboardOptions>
{
    public ValidateOptionsResult Validate(string? name, HealingDashboardOptions options)
    {
        var faults = Check(options).ToArray();
        return faults.Length is 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Check(HealingDashboardOptions options)
    {
        const string Type = nameof(HealingDashboardOptions);
        if (options.AllowedHosts.Count is 0)
        {
            yield return $"{Type}.AllowedHosts must name at least one host, or '*' for any (it is empty).";
        }

        foreach (var host in options.AllowedHosts.Where(h => !IsHost(h)))
        {
            yield return $"{Type}.AllowedHosts must hold host names or addresses without scheme and port, '*.name' or '*' (it holds '{host}').";
        }

        foreach (var fault in ApiKeyRing.Check(options.ApiKeys))
        {
            yield return $"{Type}.ApiKeys{fault}";
        }

        if (options.SessionLifetime < TimeSpan.FromMinutes(1) || options.SessionLifetime > TimeSpan.FromDays(90))
        {
            yield return $"{Type}.SessionLifetime must be 1 minute to 90 days (it is {options.SessionLifetime}).";
        }

        if (options.OrleansDashboard is { } link && !IsLink(link))
        {
            yield return $"{Type}.OrleansDashboard must be a path or an http or https URL (it is '{link}').";
        }

        if (options.WritesPerSecond is < 0 or > 1_000_000)
        {
            yield return $"{Type}.WritesPerSecond must be 0 to 1,000,000 (it is {options.WritesPerSecond}).";
        }

        if (options.WriteBurst is < 1 or > 1_000_000)
        {
            yield return $"{Type}.WriteBurst must be 1 to 1,000,000 (it is {options.WriteBurst}).";
        }

        if (options.WrongKeysPerMinute is < 1 or > 10_000)
        {
            yield return $"{Type}.WrongKeysPerMinute must be 1 to 10,000 (it is {options.WrongKeysPerMinute}).";
        }

        if (options.MaxBodyBytes is < 1024 or > 16 * 1024 * 1024)
        {
            yield return $"{Type}.MaxBodyBytes must be 1,024 to 16,777,216 (it is {options.MaxBodyBytes}).";
        }

        if (options.EventKeepAlive < TimeSpan.FromSeconds(1) || options.EventKeepAlive > TimeSpan.FromHours(1))
        {
            yield return $"{Type}.EventKeepAlive must be 1 second to 1 hour (it is {options.EventKeepAlive.TotalSeconds} s).";
        }

        if (options.MaxEventStreams is < 1 or > 100_000)
        {
            yield return $"{Type}.MaxEventStreams must be 1 to 100,000 (it is {options.MaxEventStreams}).";
        }
    }

    /// <summary>Whether a browser may be led there: not to a script.</summary>
    private static bool IsLink(string link) => link.Contains(':', StringComparison.Ordinal)
        ? Uri.TryCreate(link, UriKind.Absolute, out var target) && target.Scheme is "http" or "https"
        : link.Length > 0;

    private static bool IsHost(string? host) =>
        host is "*" || Uri.CheckHostName(host is { } h && h.StartsWith("*.", StringComparison.Ordinal) ? h[2..] : host) is not UriHostNameType.Unknown;
}
