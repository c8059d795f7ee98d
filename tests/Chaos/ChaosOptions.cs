namespace OrleansHealing.Chaos;

/// <summary>What a run is to be.</summary>
/// <param name="Length">For how long new faults are injected.</param>
/// <param name="Seed">What the faults and their order follow from.</param>
/// <param name="Store"><c>redis</c> or <c>embedded</c>.</param>
/// <param name="Agents">How many agents there are.</param>
/// <param name="Silos">How many silos there are, as a rule.</param>
internal sealed record ChaosOptions(TimeSpan Length, int Seed, string Store, int Agents, int Silos)
{
    public const string Redis = "redis";
    public const string Embedded = "embedded";

    /// <summary>How long a silo is frozen at most: in a short run not for most of it.</summary>
    public TimeSpan LongestFreeze => TimeSpan.FromSeconds(Math.Clamp(Length.TotalSeconds / 5, 8, 60));

    /// <summary>The command that does the same again.</summary>
    public string Replay => FormattableString.Invariant(
        $"dotnet run -c Release --project tests/Chaos -- --minutes {Length.TotalMinutes:0.##} --seed {Seed} --store {Store} --agents {Agents} --silos {Silos}");
}
