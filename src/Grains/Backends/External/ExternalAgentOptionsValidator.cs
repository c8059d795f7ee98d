using Microsoft.Extensions.Options;
using OrleansHealing.Webhooks;

namespace OrleansHealing.Backends.External;

/// <summary>Stops the host on a wrong option, naming the property and the rule; never the value of a secret.</summary>
internal sealed class ExternalAgentOptionsValidator : IValidateOptions<ExternalAgentOptions>
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Most = TimeSpan.FromMinutes(10);

    public ValidateOptionsResult Validate(string? name, ExternalAgentOptions options)
    {
        var faults = Check(options).ToArray();
        return faults.Length is 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Check(ExternalAgentOptions options)
    {
        const string Type = nameof(ExternalAgentOptions);
        if (options.Url is { } url && (!url.IsAbsoluteUri || url.Scheme is not ("http" or "https")))
        {
            yield return $"{Type}.{nameof(options.Url)} must be an address that begins with http:// or https://.";
        }

        if (options.Url is not null && WebhookSignature.Fault(options.Key) is { } fault)
        {
            yield return $"{Type}.{nameof(options.Key)} {fault}";
        }

        if (options.Timeout < Least || options.Timeout > Most)
        {
            yield return $"{Type}.{nameof(options.Timeout)} must be {Least} to {Most} (it is {options.Timeout}).";
        }
    }
}
