using System.Reflection;

namespace OrleansHealing.Agents.Processes;

/// <summary>The shell's part in running a process, from the files beside this one.</summary>
internal static class ShellScripts
{
    public static readonly string Starter = Load("starter");
    public static readonly string Guardian = Load("guardian");

    private static string Load(string name)
    {
        var resource = $"OrleansHealing.Agents.Processes.{name}.sh";
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The script {resource} is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
