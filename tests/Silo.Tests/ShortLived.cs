using System.Runtime.CompilerServices;

namespace OrleansHealing.Silo;

/// <summary>
/// The processes that tests start live for seconds: to compile once more what runs often costs them more than it gives, and took
/// half of all processor time. Nor has each a viewer of the Orleans Dashboard, which compresses its pages at every start.
/// </summary>
internal static class ShortLived
{
    [ModuleInitializer]
    internal static void SaveProcessorTime()
    {
        Environment.SetEnvironmentVariable("DOTNET_TC_CallCounting", "0");
        Environment.SetEnvironmentVariable("Healing__OrleansDashboard", "false");
    }
}
