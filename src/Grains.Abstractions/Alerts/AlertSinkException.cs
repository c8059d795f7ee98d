namespace OrleansHealing.Alerts;

/// <summary>A sink's receiver did not take a notice. The message must hold no secret: it is logged and shown.</summary>
public sealed class AlertSinkException : Exception
{
    /// <summary>Makes one.</summary>
    public AlertSinkException()
    {
    }

    /// <summary>Makes one that says why.</summary>
    public AlertSinkException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one that says why, with what was thrown.</summary>
    public AlertSinkException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>
    /// Whether it is this notice that is refused, and not the sink that fails: it is tried again only every ten minutes, and others are not
    /// held up by it.
    /// </summary>
    public bool IsRefusal { get; init; }

    /// <summary>How long the receiver wants to be left alone; null when it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
