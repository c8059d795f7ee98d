namespace OrleansHealing.Tests.Simulation;

/// <summary>How a body ends.</summary>
internal enum FailureMode
{
    Crash,

    /// <summary>A crash for what all crash for.</summary>
    Cause,
    Silent,

    /// <summary>It beats, and does not get on any more.</summary>
    Stuck,
    Fatal,
    ToldToWait,
    Drain,
}
