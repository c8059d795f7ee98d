using System.Globalization;
using OrleansHealing.Chaos.Checking;

namespace OrleansHealing.Chaos;

/// <summary>How the silos of a run are configured, and what the checker may expect of that.</summary>
internal static class Settings
{
    public static readonly TimeSpan ProgressTimeout = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StartupGrace = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Stable = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan BackoffBase = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan BackoffMax = TimeSpan.FromSeconds(8);

    private const int MaxRestarts = 8;
    private const int RestartsPerSecond = 10;
    private const int RestartBurst = 10;
    private const int ActionsKept = 200;
    private const int CheckpointsKept = 3;

    /// <summary>The silos' command line: limits low enough to be met in a run.</summary>
    public static IReadOnlyList<string> Arguments { get; } =
    [
        Option("Timeout", Timeout), Option("StartupGrace", StartupGrace), Option("StopGrace", StopGrace), Option("Stable", Stable),
        Option("BackoffBase", BackoffBase), Option("BackoffMax", BackoffMax),
        Option("MaxRestarts", MaxRestarts), Option("RestartsPerSecond", RestartsPerSecond), Option("RestartBurst", RestartBurst),
        Option("ActionsKept", ActionsKept), Option("CheckpointsKept", CheckpointsKept),
    ];

    /// <summary>What follows from that for the checker.</summary>
    public static Limits LimitsOf(Fleet fleet, bool tearsScripts) => new()
    {
        Timeout = Timeout,
        ProgressTimeout = ProgressTimeout,
        StartupGrace = StartupGrace,
        StopGrace = StopGrace,
        MaxRestarts = MaxRestarts,
        RestartsPerSecond = RestartsPerSecond,
        RestartBurst = RestartBurst,
        ActionsKept = ActionsKept,
        CheckpointsKept = CheckpointsKept,
        Agents = fleet.Ids.Count,
        TearsScripts = tearsScripts,
        Flawed = new HashSet<string> { Fleet.Doomed },
        TotalsOf = fleet.TotalsOf,
    };

    private static string Option(string name, IFormattable value) =>
        $"--Healing:{name}={value.ToString(value is TimeSpan ? "c" : null, CultureInfo.InvariantCulture)}";
}
