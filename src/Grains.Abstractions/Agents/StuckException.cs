namespace OrleansHealing.Agents;

/// <summary>A step was cancelled alone, since it did not get on. Thrown out of a body, it is judged as stuck, not as crashed.</summary>
public sealed class StuckException : Exception
{
    /// <summary>Says why.</summary>
    public StuckException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
