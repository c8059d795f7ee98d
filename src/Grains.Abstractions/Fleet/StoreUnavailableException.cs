namespace OrleansHealing.Fleet;

/// <summary>The store did not answer. What was ordered may or may not have been written; whoever asks again finds out.</summary>
[GenerateSerializer, Alias("healing.StoreUnavailableException")]
public sealed class StoreUnavailableException : Exception
{
    /// <summary>Says what was seen.</summary>
    public StoreUnavailableException(string message)
        : base(message)
    {
    }
}
