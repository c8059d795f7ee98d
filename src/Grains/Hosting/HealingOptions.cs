using System.ComponentModel.DataAnnotations;
using OrleansHealing.Supervision;

namespace OrleansHealing.Hosting;

/// <summary>
/// How a fleet is kept alive. Every value is checked when the host starts; a wrong one stops it with a message that names the
/// property and the rule. Configuration section: <c>Healing</c>.
/// </summary>
public sealed class HealingOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Healing";

    /// <summary>The StackExchange.Redis configuration of the store. Required; may hold a password and is never logged.</summary>
    [Required(AllowEmptyStrings = false)]
    public string ConnectionString { get; set; } = "";

    /// <summary>What every key in the store starts with; <c>healing</c> by default.</summary>
    [Required, RegularExpression("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    public string KeyPrefix { get; set; } = "healing";

    /// <summary>
    /// Slices of the fleet, each with a supervisor of its own; 1 by default. The same on every silo, and never changed while
    /// agents are in the store, since an agent's partition follows from its id and this number.
    /// </summary>
    [Range(1, 4096)]
    public int Partitions { get; set; } = 1;

    /// <summary>Between two heartbeats; 1 s by default.</summary>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Silence after which an agent has failed; 5 s by default. Under five heartbeats is warned of.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Lack of progress after which an agent is stuck; off by default.</summary>
    public TimeSpan? ProgressTimeout { get; set; }

    /// <summary>From the grant of an incarnation to its first heartbeat; 15 s by default.</summary>
    public TimeSpan StartupGrace { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>From cancellation until a body is abandoned; 5 s by default.</summary>
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Health after which failures in a row are forgotten; 60 s by default.</summary>
    public TimeSpan Stable { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest silence that an agent may announce; 1 h by default.</summary>
    public TimeSpan MaxExpectedSilence { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Whether agents are started again when they end; permanent by default.</summary>
    public RestartPolicy Restart { get; set; } = RestartPolicy.Permanent;

    /// <summary>The failure in a row that quarantines an agent; 8 by default.</summary>
    [Range(1, 1_000_000)]
    public int MaxRestarts { get; set; } = 8;

    /// <summary>
    /// Failures in a row right after one checkpoint until an agent is started from the one before, and after as many more from
    /// nothing; 3 by default.
    /// </summary>
    [Range(1, 1_000_000)]
    public int FailuresPerCheckpoint { get; set; } = 3;

    /// <summary>The base wait of the backoff; 2 s by default.</summary>
    public TimeSpan BackoffBase { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>What each further failure multiplies the wait by; 2 by default.</summary>
    [Range(1.0, 100.0)]
    public double BackoffFactor { get; set; } = 2;

    /// <summary>The longest wait; 60 s by default.</summary>
    public TimeSpan BackoffMax { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How far waits are spread to both sides, as a share of them; 0.1 by default.</summary>
    [Range(0.0, 1.0)]
    public double BackoffJitter { get; set; } = 0.1;

    /// <summary>Failures in a row on one silo after which an agent is started on another; 3 by default.</summary>
    [Range(1, 1_000_000)]
    public int FailuresPerSilo { get; set; } = 3;

    /// <summary>
    /// Agents of one kind, down together for one cause, from which one is restarted first and the others follow, four times as many
    /// each fifth of the probation, once it has been healthy for it; 10 by default, 0 turns it off.
    /// </summary>
    [Range(0, 1_000_000)]
    public int CanaryLeast { get; set; } = 10;

    /// <summary>
    /// How long a canary must be healthy before others follow it, and an agent that was on two dead silos in a row before the
    /// next such agent is started; 5 s by default.
    /// </summary>
    public TimeSpan Probation { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long regular heartbeats of a silo are gathered before they are sent; 25 ms by default, at most 100 ms.</summary>
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromMilliseconds(25);

    /// <summary>The longest the supervisor sleeps between two looks at the deadlines when nobody wakes it; 1 s by default.</summary>
    public TimeSpan MaxSleep { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often each silo makes sure that every supervisor is up; 1 s by default.</summary>
    public TimeSpan SupervisorWatch { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How many agents are restarted a second, at most, by the supervisors together, so that a mass failure is no stampede; 1,000
    /// by default, 0 for no limit. People's orders are not held back.
    /// </summary>
    [Range(0.0, 1_000_000.0)]
    public double RestartsPerSecond { get; set; } = 1000;

    /// <summary>How many may be restarted at once before <see cref="RestartsPerSecond"/> counts; 5,000 by default.</summary>
    [Range(1, 10_000_000)]
    public int RestartBurst { get; set; } = 5000;

    /// <summary>
    /// The share of the agents that should beat of which, when it falls silent at once and no silo is to blame, the detector is
    /// distrusted; 0.5 by default, 1 for never. Each of them gets one more timeout, and then they are restarted slowly.
    /// </summary>
    [Range(0.01, 1.0)]
    public double PanicShare { get; set; } = 0.5;

    /// <summary>How many agents have to fall silent at least for that; 10 by default.</summary>
    [Range(2, 1_000_000)]
    public int PanicLeast { get; set; } = 10;

    /// <summary>How many of them are then restarted a second; 5 by default.</summary>
    [Range(0.1, 1_000_000.0)]
    public double PanicRestartsPerSecond { get; set; } = 5;

    /// <summary>
    /// Whether a silo of which not one agent was heard of any more, while agents of others were, is declared dead at once instead
    /// of after its missed probes; true by default. A silo that was only frozen ends itself when it finds out.
    /// </summary>
    public bool EvictSilentSilos { get; set; } = true;

    /// <summary>
    /// How many agents a second are moved, at most, to even out the silos after one has joined, or off a silo that a
    /// person drains; 5 by default, 0 for none (and 5 for a drain). An agent that is moved goes on from its checkpoint, and nothing
    /// is counted.
    /// </summary>
    [Range(0, 1000)]
    public int MovesPerSecond { get; set; } = 5;

    /// <summary>
    /// Bodies that ignored cancellation and still hold a thread, from which on a silo says that it is unhealthy, so that whatever
    /// runs it replaces it; 16 by default.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxAbandonedBodies { get; set; } = 16;

    /// <summary>After how long a store command without an answer is given up; 5 s by default.</summary>
    public TimeSpan StoreTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Actions kept in the log, of the fleet and of each agent; 100 by default.</summary>
    [Range(1, 100_000)]
    public int ActionsKept { get; set; } = 100;

    /// <summary>Decisions of each agent of which it is kept what they were made on, to be explained; 20 by default, about 1.5 KB each.</summary>
    [Range(1, 1000)]
    public int DecisionsKept { get; set; } = 20;

    /// <summary>Checkpoints kept of each agent; 3 by default.</summary>
    [Range(1, 100)]
    public int CheckpointsKept { get; set; } = 3;

    /// <summary>The longest checkpoint, characters of JSON; 1 MiB by default.</summary>
    [Range(1_024, 64 * 1024 * 1024)]
    public int MaxCheckpointLength { get; set; } = 1024 * 1024;

    /// <summary>The longest progress, characters of JSON; 4,096 by default. A longer one is shown as its length.</summary>
    [Range(16, 1024 * 1024)]
    public int MaxProgressLength { get; set; } = 4096;

    /// <summary>The fleet's policy, which kinds and definitions go over.</summary>
    public SupervisionPolicy ToPolicy() => new()
    {
        Restart = Restart,
        MaxRestarts = MaxRestarts,
        Heartbeat = Heartbeat,
        Timeout = Timeout,
        ProgressTimeout = ProgressTimeout,
        Stable = Stable,
        StartupGrace = StartupGrace,
        StopGrace = StopGrace,
        MaxExpectedSilence = MaxExpectedSilence,
        FailuresPerCheckpoint = FailuresPerCheckpoint,
        Backoff = new Backoff { Base = BackoffBase, Factor = BackoffFactor, Max = BackoffMax, Jitter = BackoffJitter },
    };
}
