using Microsoft.Extensions.Options;

namespace OrleansHealing.Agents.Processes;

/// <summary>Stops the host on a wrong option, naming the property, the value and the rule.</summary>
internal sealed class ProcessAgentOptionsValidator : IValidateOptions<ProcessAgentOptions>
{
    // What a silo is configured by: a key, or the store's password, may be in each of them.
    private static readonly string[] OwnPrefixes = ["Healing__", "ConnectionStrings__"];

    public ValidateOptionsResult Validate(string? name, ProcessAgentOptions options)
    {
        var faults = Check(options).ToArray();
        return faults.Length is 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Check(ProcessAgentOptions options)
    {
        const string Type = nameof(ProcessAgentOptions);
        foreach (var variable in options.InheritedVariables.Where(v => !VariableNames.IsName(v)))
        {
            yield return $"{Type}.InheritedVariables must hold names of variables: letters, digits and underscores, no digit first (it holds '{variable}').";
        }

        foreach (var variable in options.InheritedVariables.Where(v => OwnPrefixes.Any(p => v.StartsWith(p, StringComparison.OrdinalIgnoreCase))))
        {
            yield return $"{Type}.InheritedVariables must not hold what configures the silo itself (it holds '{variable}').";
        }

        if (options.LogLinesPerSecond is < 0 or > 100_000)
        {
            yield return $"{Type}.LogLinesPerSecond must be 0 to 100,000 (it is {options.LogLinesPerSecond}).";
        }
    }
}
