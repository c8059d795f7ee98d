namespace OrleansHealing.Tests.Simulation;

/// <summary>Bugs that are planted to show that they are found.</summary>
internal enum PlantedBug
{
    None,
    FenceOff,
    AmnestyOff,
    CommitSplitInTwo,
    CountResetAtRestart,
    BackoffIgnored,
    MemoryOff,
    SilenceNotRechecked,
    InputNotRecorded,
    PauseWithoutAnEnd,

    /// <summary>A step of the store's clock is taken for silence.</summary>
    ClockStepIsSilence,

    /// <summary>Times that lie in the future, since the clock went back, are waited for.</summary>
    ClockBackIgnored,

    /// <summary>Each beat of whoever has got on once counts as progress, so that it is never stuck.</summary>
    ProgressIgnored,

    /// <summary>An announced silence is lack of progress.</summary>
    AnnouncementIgnored,

    /// <summary>Health without progress is enough to be forgiven.</summary>
    StableWithoutProgress,

    /// <summary>A member of a group is restarted without the others.</summary>
    GroupMemberAlone,

    /// <summary>A member of a group is started before those that come before it are healthy.</summary>
    GroupOrderIgnored,

    /// <summary>A group may fail as often as it likes.</summary>
    GroupLimitIgnored,

    /// <summary>Many that fail for one cause are all started at once.</summary>
    CanaryOff,

    /// <summary>That most of the fleet is silent is no reason for doubt.</summary>
    PanicGuardOff,

    /// <summary>The newest checkpoint is tried again and again.</summary>
    LadderNotClimbed,

    /// <summary>For how long an agent was told to wait does not matter.</summary>
    RetryAfterIgnored,

    /// <summary>That others were told to wait for the same thing again does not matter.</summary>
    BreakerIgnored,

    /// <summary>An agent that says that no restart can help is restarted.</summary>
    FatalIsACrash,

    /// <summary>What a supervisor says of the whole partition is taken also after another one has it.</summary>
    TermIgnored,
}
