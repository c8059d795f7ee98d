using OrleansHealing.Agents;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Hosting;

public sealed class HealingOptionsValidatorTests
{
    /// <summary>One wrong value each, and the property that the message must name.</summary>
    public static TheoryData<string, string> WrongValues()
    {
        var names = new TheoryData<string, string>();
        foreach (var (property, _) in Wrong)
        {
            names.Add(property, $"HealingOptions.{property.Split(' ')[0]}");
        }

        return names;
    }

    private static readonly Dictionary<string, Action<HealingOptions>> Wrong = new()
    {
        ["ConnectionString"] = o => o.ConnectionString = "",
        ["ConnectionString (no host)"] = o => o.ConnectionString = "password=secret",
        ["KeyPrefix"] = o => o.KeyPrefix = "a{b}",
        ["KeyPrefix (empty)"] = o => o.KeyPrefix = "",
        ["Partitions"] = o => o.Partitions = 0,
        ["Heartbeat"] = o => o.Heartbeat = TimeSpan.Zero,
        ["Timeout"] = o => o.Timeout = TimeSpan.FromDays(2),
        ["ProgressTimeout"] = o => o.ProgressTimeout = TimeSpan.FromMilliseconds(1),
        ["StartupGrace"] = o => o.StartupGrace = TimeSpan.Zero,
        ["StopGrace"] = o => o.StopGrace = TimeSpan.FromSeconds(-1),
        ["Stable"] = o => o.Stable = TimeSpan.FromSeconds(-1),
        ["MaxExpectedSilence"] = o => o.MaxExpectedSilence = TimeSpan.FromDays(8),
        ["Restart"] = o => o.Restart = (RestartPolicy)9,
        ["MaxRestarts"] = o => o.MaxRestarts = 0,
        ["BackoffBase"] = o => o.BackoffBase = TimeSpan.FromSeconds(-1),
        ["BackoffFactor"] = o => o.BackoffFactor = 0.5,
        ["BackoffFactor (no number)"] = o => o.BackoffFactor = double.NaN,
        ["BackoffMax"] = o => o.BackoffMax = TimeSpan.FromDays(2),
        ["BackoffJitter"] = o => o.BackoffJitter = 1.5,
        ["FlushInterval"] = o => o.FlushInterval = TimeSpan.FromSeconds(1),
        ["MaxSleep"] = o => o.MaxSleep = TimeSpan.Zero,
        ["SupervisorWatch"] = o => o.SupervisorWatch = TimeSpan.Zero,
        ["StoreTimeout"] = o => o.StoreTimeout = TimeSpan.Zero,
        ["MaxAbandonedBodies"] = o => o.MaxAbandonedBodies = 0,
        ["FailuresPerCheckpoint"] = o => o.FailuresPerCheckpoint = 0,
        ["FailuresPerSilo"] = o => o.FailuresPerSilo = 0,
        ["CanaryLeast"] = o => o.CanaryLeast = -1,
        ["Probation"] = o => o.Probation = TimeSpan.FromSeconds(-1),
        ["RestartsPerSecond"] = o => o.RestartsPerSecond = -1,
        ["RestartBurst"] = o => o.RestartBurst = 0,
        ["PanicShare"] = o => o.PanicShare = 0,
        ["PanicLeast"] = o => o.PanicLeast = 1,
        ["PanicRestartsPerSecond"] = o => o.PanicRestartsPerSecond = 0,
        ["MovesPerSecond"] = o => o.MovesPerSecond = -1,
        ["ActionsKept"] = o => o.ActionsKept = 0,
        ["DecisionsKept"] = o => o.DecisionsKept = 0,
        ["CheckpointsKept"] = o => o.CheckpointsKept = 0,
        ["MaxCheckpointLength"] = o => o.MaxCheckpointLength = 1,
        ["MaxProgressLength"] = o => o.MaxProgressLength = 1,
    };

    [Fact]
    public void Validate_Defaults_Pass() => Assert.Empty(Faults(_ => { }));

    [Theory]
    [MemberData(nameof(WrongValues))]
    public void Validate_OneWrongValue_NamesThatPropertyAlone(string name, string property)
    {
        var fault = Assert.Single(Faults(Wrong[name]));

        Assert.StartsWith(property, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_SeveralWrongValues_NamesAll() => Assert.Equal(3, Faults(o =>
    {
        o.Partitions = 0;
        o.StoreTimeout = TimeSpan.Zero;
        o.Heartbeat = TimeSpan.FromDays(3);
    }).Count());

    [Theory]
    [InlineData(1.0, "policy.timeoutSeconds")]
    [InlineData(0.5, "policy.timeoutSeconds")]
    public void Validate_TimeoutNotLongerThanTheHeartbeat_IsRefused(double timeoutSeconds, string property) =>
        Assert.Contains(property, Assert.Single(Faults(o => o.Timeout = TimeSpan.FromSeconds(timeoutSeconds))), StringComparison.Ordinal);

    [Fact]
    public void Validate_MaxUnderTheBase_IsRefused() => Assert.Contains(
        "policy.backoff.maxSeconds", Assert.Single(Faults(o => o.BackoffMax = TimeSpan.FromSeconds(1))), StringComparison.Ordinal);

    [Fact]
    public void Validate_WrongConnectionString_KeepsItsPasswordToItself() => Assert.All(
        Faults(o => o.ConnectionString = "password=hunter2,connectTimeout=soon"),
        fault => Assert.DoesNotContain("hunter2", fault, StringComparison.Ordinal));

    [Fact]
    public void Validate_KindThatDoesNotGoWithTheFleet_IsNamed()
    {
        var kind = new AgentKind("reader", null, [], new PolicySettings { ProgressTimeoutSeconds = 10 });

        Assert.Empty(Faults(_ => { }, kind));
        var fault = Assert.Single(Faults(o => (o.Heartbeat, o.Timeout) = (TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(3)), kind));
        Assert.Contains("'reader'", fault, StringComparison.Ordinal);
        Assert.Contains("policy.progressTimeoutSeconds", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_StartThatMayNotOutlastAStop_IsRefused() => Assert.Contains(
        "policy.startupSeconds", Assert.Single(Faults(o => o.StopGrace = TimeSpan.FromSeconds(15))), StringComparison.Ordinal);

    private static IEnumerable<string> Faults(Action<HealingOptions> change, params AgentKind[] kinds)
    {
        var options = new HealingOptions { ConnectionString = "localhost:6379,password=secret" };
        change(options);
        return new HealingOptionsValidator(kinds).Validate(null, options).Failures ?? [];
    }
}
