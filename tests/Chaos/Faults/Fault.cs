namespace OrleansHealing.Chaos.Faults;

/// <summary>One fault as it was injected, or happened.</summary>
/// <param name="Number">Grows with each one of a run.</param>
/// <param name="Kind">What was done.</param>
/// <param name="From">Since when, by the observer's clock.</param>
internal sealed record Fault(int Number, FaultKind Kind, TimeSpan From)
{
    /// <summary>Until when; null while it lasts.</summary>
    public TimeSpan? To { get; init; }

    /// <summary>The process that it was done to.</summary>
    public int? Pid { get; init; }

    /// <summary>The name of that process.</summary>
    public string? Silo { get; init; }

    public string? Agent { get; init; }

    /// <summary>In which way an agent was told to crash.</summary>
    public string? Mode { get; init; }

    /// <summary>The incarnation that took the order; null while nobody has, or may have without saying so.</summary>
    public long? Incarnation { get; init; }

    /// <summary>Whether it is the agents' own or an order to them.</summary>
    public bool IsOfAnAgent => Kind is FaultKind.CrashAgent or FaultKind.PauseAgent or FaultKind.RestartAgent;

    /// <summary>Whether it takes the machine from everybody.</summary>
    public bool IsOfTheMachine => Kind is FaultKind.HogCpu or FaultKind.MachineStall;

    public bool IsOfTheStore => Kind is FaultKind.FreezeStore or FaultKind.KillStore;

    /// <summary>Whether it lasted, or had its aftermath of <paramref name="aftermath"/>, at any time of a span.</summary>
    public bool Reaches(TimeSpan from, TimeSpan to, TimeSpan aftermath) => From <= to && (To is not { } end || end + aftermath >= from);

    public override string ToString() =>
        string.Join(' ', new[] { Kind.ToString(), Mode, Silo, Pid is { } pid ? $"({pid})" : null, Agent }.OfType<string>());
}
