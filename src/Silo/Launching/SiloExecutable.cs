using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace OrleansHealing.Silo.Launching;

/// <summary>How this very program is started again, whatever started it: its own executable, <c>dotnet</c>, or a test host.</summary>
internal static class SiloExecutable
{
    /// <summary>The command, without arguments of the program.</summary>
    public static ChildCommand Command
    {
        get
        {
            var assembly = typeof(SiloExecutable).Assembly;
            var running = Environment.ProcessPath;
            if (IsNamed(running, assembly.GetName().Name!))
            {
                return new ChildCommand(running, []);
            }

            // A test host runs the assembly without being it, so the assembly is what has to be started.
            return new ChildCommand(DotnetHost(running), [Path.Combine(AppContext.BaseDirectory, assembly.GetName().Name + ".dll")]);
        }
    }

    // Not by the name without its extension: OrleansHealing.Silo.Tests is another program.
    private static bool IsNamed([NotNullWhen(true)] string? path, string name) => Path.GetFileName(path) is { } file && (file == name || file == name + ".exe");

    private static string DotnetHost(string? running)
    {
        if (IsNamed(running, "dotnet"))
        {
            return running;
        }

        // The runtime lies in <root>/shared/Microsoft.NETCore.App/<version>/, its host in <root>.
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var host = Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        return File.Exists(host) ? host : "dotnet";
    }
}
