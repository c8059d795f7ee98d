using OrleansHealing.Agents;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Simulation;

/// <summary>What a schedule is made of beside the faults that are in all of them: some of these, never none.</summary>
internal sealed record Mix
{
    private const int Few = 4;
    private const int Many = 8;
    private const int GroupSize = 3;

    // Drawn apart from what happens, so that one schedule's faults do not depend on what is looked at.
    private readonly Random _random;

    private Mix(Random random) => _random = random;

    /// <summary>The store's clock steps.</summary>
    public bool ClockSteps { get; private init; }

    /// <summary>Agents have progress timeouts, and some do not get on.</summary>
    public bool WatchesProgress { get; private init; }

    /// <summary>How the first few agents belong together; null when they do not.</summary>
    public GroupRestart? Group { get; private init; }

    /// <summary>All agents crash for one cause, now and then.</summary>
    public bool FailsTogether { get; private init; }

    /// <summary>Most agents fall silent at once, now and then, on silos that are well.</summary>
    public bool FallsSilentTogether { get; private init; }

    /// <summary>Whoever loads certain checkpoints crashes.</summary>
    public bool PoisonsCheckpoints { get; private init; }

    /// <summary>Agents are told to wait for the same things.</summary>
    public bool SharesWaits { get; private init; }

    public int Agents => FailsTogether || FallsSilentTogether ? Many : Few;

    public static Mix Of(int seed)
    {
        var random = new Random(unchecked((seed * 7919) + 17));
        var of = Enumerable.Range(0, 7).Select(_ => random.Next(4) == 0).ToArray();
        of[random.Next(of.Length)] = true;
        return new Mix(random)
        {
            ClockSteps = of[0],
            WatchesProgress = of[1],
            Group = of[2] ? random.Next(2) == 0 ? GroupRestart.OneForAll : GroupRestart.RestForOne : null,
            FailsTogether = of[3],
            FallsSilentTogether = of[4],
            PoisonsCheckpoints = of[5],
            SharesWaits = of[6],
        };
    }

    public HealingOptions ToOptions(Action<HealingOptions>? change = null)
    {
        var options = new HealingOptions
        {
            ConnectionString = "model",
            StartupGrace = TimeSpan.FromSeconds(6),
            StopGrace = TimeSpan.FromSeconds(2),
            Stable = TimeSpan.FromSeconds(10),
            MaxRestarts = PoisonsCheckpoints ? 7 : 5,
            FailuresPerCheckpoint = 2,
            BackoffBase = TimeSpan.FromSeconds(0.5),
            BackoffMax = TimeSpan.FromSeconds(3),
            MovesPerSecond = 0,
            RestartsPerSecond = 2,
            RestartBurst = 4,
            Probation = TimeSpan.FromSeconds(2),
            CanaryLeast = FailsTogether ? 3 : 10,
            PanicLeast = FallsSilentTogether ? 4 : 10,
            PanicRestartsPerSecond = 1,
        };
        change?.Invoke(options);
        return options;
    }

    /// <summary>The agents, each the same however often it is asked for.</summary>
    public IReadOnlyList<AgentDefinition> Define() => [.. Enumerable.Range(0, Agents).Select(number => new AgentDefinition
    {
        Id = AgentId.Parse($"agent-{number}"),
        Kind = "test",
        Labels = new Dictionary<string, string> { ["half"] = $"{number % 2}" },
        Policy = WatchesProgress && _random.Next(4) > 0
            ? new PolicySettings { ProgressTimeoutSeconds = 3 + (5 * _random.NextDouble()), MaxExpectedSilenceSeconds = 12 }
            : null,
        Group = Group is { } restart && number < GroupSize
            ? new AgentGroup { Name = "pipe", Restart = restart, Order = number, MaxRestarts = 4, PeriodSeconds = 30 }
            : null,
    })];

    public override string ToString() => string.Join(
        ", ",
        new[]
        {
            ClockSteps ? "the store's clock steps" : null,
            WatchesProgress ? "progress is watched" : null,
            Group is { } restart ? $"a group of {GroupSize} ({restart})" : null,
            FailsTogether ? "all crash for one cause" : null,
            FallsSilentTogether ? "most fall silent at once" : null,
            PoisonsCheckpoints ? "checkpoints poison" : null,
            SharesWaits ? "waits are shared" : null,
        }.OfType<string>());
}
