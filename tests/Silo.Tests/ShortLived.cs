using System.Runtime.CompilerServices;

namespace OrleansHealing.Silo;

/// <summary>
/// The processes that tests start live for seconds: to compile once more what runs often costs them more than it gives, and took
/// half of all processor time.
/// </summary>
internal static class ShortLived
{
    [ModuleInitializer]
    internal static void CompileOnce() => Environment.SetEnvironmentVariable("DOTNET_TC_CallCounting", "0");
}
