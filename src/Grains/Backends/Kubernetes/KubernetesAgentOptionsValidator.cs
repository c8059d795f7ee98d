using Microsoft.Extensions.Options;

namespace OrleansHealing.Backends.Kubernetes;

/// <summary>Stops the host on a wrong option, naming the property and the rule; never what a kubeconfig holds.</summary>
internal sealed class KubernetesAgentOptionsValidator : IValidateOptions<KubernetesAgentOptions>
{
    public ValidateOptionsResult Validate(string? name, KubernetesAgentOptions options)
    {
        var faults = Check(options).ToArray();
        return faults.Length is 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Check(KubernetesAgentOptions options)
    {
        const string Type = nameof(KubernetesAgentOptions);
        if (options.KubeConfig is { } path && !File.Exists(path))
        {
            yield return $"{Type}.{nameof(options.KubeConfig)} must be a file that is there (it is '{path}').";
        }

        if (options.Context is { Length: 0 })
        {
            yield return $"{Type}.{nameof(options.Context)} must name a context of the kubeconfig, or not be set.";
        }

        foreach (var wrong in options.Namespaces.Where(n => !KubernetesNames.IsLabel(n)))
        {
            yield return $"{Type}.{nameof(options.Namespaces)} must hold names of namespaces: {KubernetesNames.LabelRule} (it holds '{wrong}').";
        }

        if (OrderTimeout.Fault($"{Type}.{nameof(options.Timeout)}", options.Timeout) is { } late)
        {
            yield return late;
        }
    }
}
