using System.ComponentModel;
using System.Diagnostics;

namespace OrleansHealing.Client.Verbs;

/// <summary>The processes of the machine that the console runs on.</summary>
internal sealed class MachineProcesses : IProcessTable
{
    public string Machine => Environment.MachineName;

    public ProcessFacts? Find(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return Facts(process);
        }
        catch (Exception e) when (IsGone(e))
        {
            // Ended in between, or somebody else's: either way there is nothing here to kill.
            return null;
        }
    }

    public bool Kill(int pid, ProcessFacts expected)
    {
        try
        {
            // The handle is taken before the second look, so that what is looked at is what is killed.
            using var process = Process.GetProcessById(pid);
            if (Facts(process) != expected)
            {
                return false;
            }

            process.Kill();
            return true;
        }
        catch (Exception e) when (IsGone(e))
        {
            // The caller says that it could not be killed.
            return false;
        }
    }

    private static ProcessFacts Facts(Process process) => new(process.StartTime.ToUniversalTime(), CommandLine(process));

    private static string CommandLine(Process process)
    {
        var file = $"/proc/{process.Id}/cmdline";
        return OperatingSystem.IsLinux() && File.Exists(file)
            ? File.ReadAllText(file).Replace('\0', ' ').Trim()
            : $"{process.ProcessName} {process.MainModule?.FileName}";
    }

    private static bool IsGone(Exception exception) =>
        exception is ArgumentException or InvalidOperationException or Win32Exception or NotSupportedException or IOException or UnauthorizedAccessException;
}
