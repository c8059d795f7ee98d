namespace OrleansHealing.Supervision;

/// <summary>What became of a new agent, or how its commit failed so that nobody knows.</summary>
internal readonly record struct SpawnOutcome(CommandResult? Result, Exception? Error = null);
