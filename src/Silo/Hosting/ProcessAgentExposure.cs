using Microsoft.Extensions.Options;
using OrleansHealing.Dashboard.Access;
using OrleansHealing.Dashboard.Hosting;

namespace OrleansHealing.Silo.Hosting;

/// <summary>Whether strangers could run programs here.</summary>
internal static partial class ProcessAgentExposure
{
    /// <summary>
    /// Ends the start where the API would let everybody in who reaches it from elsewhere. Of the gateway it only warns: between
    /// machines it has to be reached, and a network of one's own may keep others off it.
    /// </summary>
    /// <exception cref="OptionsValidationException">It would; the message names the address and the options.</exception>
    public static void Check(SiloSettings settings, IEnumerable<string> addresses, HealingDashboardOptions dashboard, ILogger logger)
    {
        if (!settings.ProcessAgents.Enabled)
        {
            return;
        }

        var hasKey = dashboard.ApiKeys.Any(k => !string.IsNullOrEmpty(k));
        if (!hasKey && addresses.FirstOrDefault(a => !Exposure.IsLoopback(a)) is { } open)
        {
            throw new OptionsValidationException(
                nameof(SiloSettings),
                typeof(SiloSettings),
                [$"{open} can be reached from other machines, and with {HealingConfiguration.ProcessAgentsSection}:Enabled everybody there could run programs on this one: set {HealingConfiguration.DashboardSection}:ApiKeys. AllowAnonymous does not do for this."]);
        }

        if (settings.ListenOnAllAddresses)
        {
            LogOpenGateway(logger);
        }
    }

    [LoggerMessage(2, LogLevel.Warning, "Agents may be processes, and the ports of the silo and its gateway can be reached from other machines: whoever reaches them can run programs here. Let only silos and consoles reach them")]
    private static partial void LogOpenGateway(ILogger logger);
}
