namespace OrleansHealing.Heartbeats;

/// <summary>What the store made of one checkpoint.</summary>
/// <param name="IsSaved">False when it is fenced.</param>
/// <param name="Fault">Why it could not be saved at all; else null.</param>
internal readonly record struct CheckpointAnswer(bool IsSaved, string? Fault);
