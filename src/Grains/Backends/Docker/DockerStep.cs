namespace OrleansHealing.Backends.Docker;

/// <summary>What is next to be done with a container that is to run an incarnation.</summary>
internal enum DockerStep
{
    /// <summary>It runs that incarnation.</summary>
    Nothing,

    /// <summary>It runs that incarnation, and is frozen.</summary>
    Thaw,

    /// <summary>It runs something older, which is given its grace.</summary>
    Stop,

    /// <summary>It runs something older that is frozen: on waking up it would work on as what it no longer is.</summary>
    Kill,

    /// <summary>Nothing runs: it is told its incarnation and started.</summary>
    Start,

    /// <summary>A newer incarnation was ordered already.</summary>
    RefuseAsOlder,

    /// <summary>It ran that incarnation, which has ended: that is told, since an incarnation is started once.</summary>
    TellEnd,
}
