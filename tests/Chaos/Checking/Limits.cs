namespace OrleansHealing.Chaos.Checking;

/// <summary>What was configured, as far as promises depend on it, and what follows from it.</summary>
internal sealed record Limits
{
    public required TimeSpan Timeout { get; init; }

    public required TimeSpan ProgressTimeout { get; init; }

    public required TimeSpan StartupGrace { get; init; }

    public required TimeSpan StopGrace { get; init; }

    public required int MaxRestarts { get; init; }

    public required double RestartsPerSecond { get; init; }

    public required int RestartBurst { get; init; }

    public required int ActionsKept { get; init; }

    public required int CheckpointsKept { get; init; }

    /// <summary>How many agents there are at most.</summary>
    public required int Agents { get; init; }

    /// <summary>Whether the death of the store can leave the first writes of a script, as the embedded one's does.</summary>
    public required bool TearsScripts { get; init; }

    /// <summary>The agents that are made to fail by their definitions.</summary>
    public IReadOnlySet<string> Flawed { get; init; } = new HashSet<string>();

    /// <summary>How a reader's totals must be at its end, by agent: lines, words, bytes, sha256.</summary>
    public Func<string, string?> TotalsOf { get; init; } = _ => null;

    /// <summary>For how long after the death of the store a torn commit may wait for the look that puts it right.</summary>
    public TimeSpan TornFor { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Until another silo judges after the supervisor's silo froze: it is late (MaxSleep and 5 s), and membership probes take up to 12 s.</summary>
    private static TimeSpan Takeover { get; } = TimeSpan.FromSeconds(6 + 12);

    /// <summary>How long after the end of the last fault nobody may finish a round: a takeover, and a store that is slow to come back.</summary>
    public TimeSpan RoundWithin => Takeover + Timeout;

    /// <summary>How many bodies the store may have noted at once: fenced ones of each agent are forgotten with their hosts.</summary>
    public int ClaimsKept => Agents * 4;

    /// <summary>
    /// How long after the end of the last fault that concerns it an agent may take to beat again, at most: the hold after an
    /// outage (a timeout, 5 s at least), the detection of what the fault left (silence or lack of progress), another supervisor,
    /// the grace of what is stopped, its turn among the restarts of the fleet, and a start. A wait that its failures earned it
    /// comes on top.
    /// </summary>
    public TimeSpan BackWithin =>
        Longer(Timeout, TimeSpan.FromSeconds(5)) + Longer(Timeout, ProgressTimeout) + Takeover + StopGrace
        + TimeSpan.FromSeconds(Agents / RestartsPerSecond) + StartupGrace;

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
