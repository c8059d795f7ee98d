namespace OrleansHealing.Client.Verbs;

/// <summary>The processes of this machine.</summary>
internal interface IProcessTable
{
    /// <summary>This machine's name, as silos tell theirs.</summary>
    string Machine { get; }

    /// <summary>The process of this id; null when there is none, or none that may be looked at.</summary>
    ProcessFacts? Find(int pid);

    /// <summary>Ends the process at once, without a chance to say goodbye (SIGKILL), if it is still the one that was looked at.</summary>
    /// <returns>False when it is gone, or not ours to kill.</returns>
    bool Kill(int pid, ProcessFacts expected);
}

/// <summary>What tells one process from another.</summary>
/// <param name="StartedAt">By this machine's clock.</param>
/// <param name="CommandLine">The program and its arguments, as far as the system tells.</param>
internal sealed record ProcessFacts(DateTimeOffset StartedAt, string CommandLine);
