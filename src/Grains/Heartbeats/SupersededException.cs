namespace OrleansHealing.Heartbeats;

/// <summary>The store refused what a supervisor wrote about its partition: a later supervisor has it.</summary>
internal sealed class SupersededException(int partition, long term)
    : Exception($"The supervisor of partition {partition} in term {term} is superseded by a later one.");
