using Microsoft.Extensions.Options;
using OrleansHealing.Webhooks;

namespace OrleansHealing.Backends.External;

/// <summary>Stops the host on a wrong option, naming the property and the rule; never the value of a secret.</summary>
internal sealed class ExternalAgentOptionsValidator : IValidateOptions<ExternalAgentOptions>
{
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

        if (OrderTimeout.Fault($"{Type}.{nameof(options.Timeout)}", options.Timeout) is { } late)
        {
            yield return late;
        }
    }
}
