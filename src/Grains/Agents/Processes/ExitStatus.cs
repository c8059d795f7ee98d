namespace OrleansHealing.Agents.Processes;

/// <summary>What the status of a process that ended says, in the words of a shell. Pure.</summary>
internal static class ExitStatus
{
    /// <summary>EX_CONFIG of sysexits.h: what is wrong with it no restart can change.</summary>
    public const int WrongConfiguration = 78;

    private const int SignalBase = 128;
    private const int Sigkill = 9;
    private const int Sigxcpu = 24;

    // By the numbers that Linux has on x86 and ARM.
    private static readonly string[] Signals =
    [
        "", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM",
        "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF",
        "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
    ];

    /// <summary>How it ended, as the end of a sentence about the process.</summary>
    /// <param name="status">The exit code, or 128 and the number of the signal that killed it; a program may also exit with such a number itself.</param>
    /// <param name="cpuSeconds">Its limit of processor time, if it had one.</param>
    public static string Describe(int status, long? cpuSeconds = null) => (status - SignalBase) switch
    {
        Sigkill => "was killed by SIGKILL (status 137): by somebody, or by the kernel for want of memory",
        Sigxcpu when cpuSeconds is { } limit => FormattableString.Invariant($"used up its {limit} s of processor time (SIGXCPU, status 152)"),
        > 0 and var signal when signal < Signals.Length => FormattableString.Invariant($"was killed by {Signals[signal]} (status {status})"),
        > 31 and <= 64 and var signal => FormattableString.Invariant($"was killed by signal {signal} (status {status})"),
        _ => FormattableString.Invariant($"exited with code {status}"),
    };
}
