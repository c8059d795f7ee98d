using System.Net;

namespace OrleansHealing.Backends.Kubernetes;

/// <summary>A request that failed, in words for a person.</summary>
internal sealed class ApiException(string message, HttpStatusCode? status, bool isPassing = false) : Exception(message)
{
    /// <summary>What it was answered with; null for nothing.</summary>
    public HttpStatusCode? Status => status;

    /// <summary>Whether it may go well a little later.</summary>
    public bool IsPassing => isPassing;

    /// <summary>How much later at least, if that was said.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
