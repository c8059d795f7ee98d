using System.Diagnostics;

namespace OrleansHealing.Silo.EmbeddedStore;

/// <summary>What the system says about processes.</summary>
internal static class ProcessTable
{
    /// <summary>Whether a process with this id is running. One that ended and was not yet reaped by its parent is not.</summary>
    public static bool IsAlive(int pid)
    {
        if (pid <= 0)
        {
            return false;
        }

        try
        {
            using var process = Process.GetProcessById(pid);
            return !process.HasExited && !IsZombie(pid);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // How the framework says that there is no such process (any more).
            return false;
        }
    }

    private static bool IsZombie(int pid)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat.AsSpan(stat.LastIndexOf(')') + 1).TrimStart() is ['Z' or 'X', ..];
        }
        catch (IOException)
        {
            // It went away between the two questions.
            return true;
        }
    }
}
