using OrleansHealing.Serialization;

namespace OrleansHealing.Agents;

/// <summary>A body whose work is done outside of its silo's process, and which is heard of from there.</summary>
internal interface IRemoteBody
{
    /// <summary>It got on. Never blocks or throws; after its end it does nothing.</summary>
    /// <param name="progress">How far it is; null leaves what was shown last.</param>
    /// <param name="expectedSilence">For how long it will not be heard of; null for no such word.</param>
    void Beat(JsonText? progress, TimeSpan? expectedSilence);

    /// <summary>
    /// Its silo is about to stop: what works for it has to end in good order, within the grace, while it is still served. The body
    /// itself stays until it is cancelled. Given again, or after its end, it changes nothing.
    /// </summary>
    Task LeaveAsync();
}
