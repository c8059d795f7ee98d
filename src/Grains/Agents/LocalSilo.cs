namespace OrleansHealing.Agents;

/// <summary>What this silo is called in the store and by people.</summary>
/// <param name="Host">Its address with its generation, as Orleans writes it parsably: unique for ever.</param>
/// <param name="Name">Its name.</param>
internal sealed record LocalSilo(string Host, string Name);
