using OrleansHealing.Chaos.Faults;

namespace OrleansHealing.Chaos.Plan;

/// <summary>One fault of a plan.</summary>
/// <param name="Kind">What is to be done.</param>
/// <param name="After">When, since the episode began.</param>
/// <param name="Length">For how long, where it lasts.</param>
/// <param name="Pick">A number that chooses among whoever is there at that moment.</param>
/// <param name="Mode">In which way an agent is to crash.</param>
internal sealed record PlannedFault(FaultKind Kind, TimeSpan After, TimeSpan Length, int Pick, string? Mode);

/// <summary>Faults that may overlap, and a rest in which everybody has to come back.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Faults">In the order of their times.</param>
/// <param name="Rest">How long to wait after everybody is back.</param>
internal sealed record Episode(int Number, IReadOnlyList<PlannedFault> Faults, TimeSpan Rest);
