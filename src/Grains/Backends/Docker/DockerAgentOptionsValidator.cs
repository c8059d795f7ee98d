using Microsoft.Extensions.Options;

namespace OrleansHealing.Backends.Docker;

/// <summary>Stops the host on a wrong option, naming the property and the rule; never what may be a password in an address.</summary>
internal sealed class DockerAgentOptionsValidator : IValidateOptions<DockerAgentOptions>
{
    public ValidateOptionsResult Validate(string? name, DockerAgentOptions options)
    {
        var faults = Check(options).ToArray();
        return faults.Length is 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Check(DockerAgentOptions options)
    {
        const string Type = nameof(DockerAgentOptions);
        if (options.Endpoint is { } endpoint && (!endpoint.IsAbsoluteUri || endpoint.Scheme is not ("unix" or "tcp" or "http" or "npipe") || endpoint.UserInfo.Length > 0))
        {
            yield return $"{Type}.{nameof(options.Endpoint)} must be an address that begins with unix://, tcp://, http:// or npipe://, without a user or a password.";
        }

        if (options.Url is { } url && (!url.IsAbsoluteUri || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0))
        {
            yield return $"{Type}.{nameof(options.Url)} must be an address that begins with http:// or https://, without a user or a password.";
        }

        if (OrderTimeout.Fault($"{Type}.{nameof(options.Timeout)}", options.Timeout) is { } late)
        {
            yield return late;
        }
    }
}
