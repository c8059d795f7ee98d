namespace OrleansHealing.Silo;

/// <summary>
/// The arguments that are no option of the silo and go to its configuration. A key there has a colon, so that a misspelt
/// option is an error and not a setting that nobody reads.
/// </summary>
internal static class ConfigurationArguments
{
    /// <summary>The settings of the host itself that have no section.</summary>
    private static readonly string[] HostKeys = ["environment", "contentRoot", "applicationName"];

    /// <summary>What is wrong with them, or null.</summary>
    public static string? FaultOf(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            var key = argument.Split('=', 2)[0];
            if (!key.StartsWith("--", StringComparison.Ordinal) || !IsKey(key[2..]))
            {
                return $"'{argument}' is no option of the silo; see --help. Settings have a section: --Healing:Key=value.";
            }

            if (key.Length < argument.Length)
            {
                continue;
            }

            // "--Section:Key value", in two arguments.
            i++;
            if (i == arguments.Count)
            {
                return $"'{argument}' must have a value.";
            }
        }

        return null;
    }

    private static bool IsKey(string key) => key.Contains(':') || HostKeys.Contains(key, StringComparer.OrdinalIgnoreCase);
}
