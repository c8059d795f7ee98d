namespace OrleansHealing.Client.Output;

/// <summary>A column of a <see cref="Grid"/>.</summary>
/// <param name="Header">Its heading.</param>
/// <param name="Rank">On a narrow terminal columns of the highest rank are left out first; 0 always stays.</param>
/// <param name="Least">A column that may be shortened: the fewest characters that still tell something.</param>
internal sealed record Column(string Header, int Rank = 0, int? Least = null);
