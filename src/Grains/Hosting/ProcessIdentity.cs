using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace OrleansHealing.Hosting;

/// <summary>
/// Which process a pid means, beyond doubt: who names one here and who looks for it there must see the same processes, and the
/// process must be the one that was named. No clock is asked that can be set.
/// </summary>
internal static class ProcessIdentity
{
    /// <summary>What this process's pids are pids of: on Linux the boot of the kernel and the pid namespace, elsewhere the machine.</summary>
    public static string Space { get; } = FindSpace();

    /// <summary>When the process started, in words that only equal themselves; null when there is no such process any more.</summary>
    /// <exception cref="Win32Exception">There is one that this user may not look at.</exception>
    public static string? StartOf(int pid)
    {
        if (OperatingSystem.IsLinux())
        {
            return StartInProc(pid);
        }

        try
        {
            using var process = Process.GetProcessById(pid);
            return process.HasExited ? null : process.StartTime.ToUniversalTime().Ticks.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // How the framework says that there is none.
            return null;
        }
    }

    /// <summary>proc(5): the state is the 3rd field, the start in ticks since boot the 22nd; the 2nd may hold anything, in brackets.</summary>
    private static string? StartInProc(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');

            // A zombie has ended; it only waits for its parent to notice.
            return fields[0] is "Z" or "X" ? null : fields[19];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No such file: no such process.
            return null;
        }
    }

    private static string FindSpace()
    {
        if (!OperatingSystem.IsLinux())
        {
            return Environment.MachineName;
        }

        try
        {
            var boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
            return $"{boot}/{File.ResolveLinkTarget("/proc/self/ns/pid", returnFinalTarget: false)?.Name}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then nobody is taken to be on the same machine, and silos are left to each other's probes.
            return Guid.NewGuid().ToString("N");
        }
    }
}
