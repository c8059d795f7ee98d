namespace OrleansHealing.Supervision;

/// <summary>What agents share that were told to wait for the same thing.</summary>
/// <param name="Name">What it is: a resource that an agent named, or its kind.</param>
/// <param name="Until">Until when anybody was told to wait.</param>
/// <param name="Spread">Over how long after it they come back.</param>
/// <param name="Waiting">How many wait.</param>
internal sealed record BreakerState(string Name, DateTimeOffset Until, TimeSpan Spread, int Waiting);
