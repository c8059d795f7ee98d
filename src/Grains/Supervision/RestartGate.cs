namespace OrleansHealing.Supervision;

/// <summary>Why a restart may not be granted now.</summary>
/// <param name="Hold">What it waits for.</param>
/// <param name="LookAgainAt">When it is asked again.</param>
/// <param name="Why">For the log.</param>
internal sealed record RestartGate(RestartHold Hold, DateTimeOffset LookAgainAt, string Why);
