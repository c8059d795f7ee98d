namespace OrleansHealing.Chaos.Faults;

/// <summary>What is done to the fleet.</summary>
public enum FaultKind
{
    /// <summary>kill -9 of a silo.</summary>
    KillSilo,

    /// <summary>kill -9 of the silo that hosts the supervisor.</summary>
    KillSupervisor,

    /// <summary>kill -9 of all silos at once.</summary>
    KillAllSilos,

    /// <summary>SIGTERM to a silo.</summary>
    StopSilo,

    /// <summary>SIGTERM to one silo after the other, each replaced before the next.</summary>
    RollingRestart,

    /// <summary>One silo more.</summary>
    JoinSilo,

    /// <summary>SIGSTOP of a silo, SIGCONT some time later.</summary>
    FreezeSilo,

    /// <summary>SIGSTOP of the store, SIGCONT some time later.</summary>
    FreezeStore,

    /// <summary>kill -9 of the store, which comes back.</summary>
    KillStore,

    /// <summary>Busy loops on every core.</summary>
    HogCpu,

    /// <summary>An order to an agent to fail in one of the modes.</summary>
    CrashAgent,

    /// <summary>An order to rest, and one to go on some time later.</summary>
    PauseAgent,

    /// <summary>An order to start anew.</summary>
    RestartAgent,

    /// <summary>Not injected: no silo was there to work, as a consequence of others.</summary>
    NoSilo,

    /// <summary>Not injected: the observer itself was not scheduled, so nobody on this machine may have been.</summary>
    MachineStall,
}
