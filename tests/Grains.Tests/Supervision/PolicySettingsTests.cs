using System.Text.Json;
using OrleansHealing.Hosting;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Supervision;

public sealed class PolicySettingsTests
{
    /// <summary>What is shown of an agent's policy can be written into a definition as it is, every member of it.</summary>
    [Fact]
    public void Over_APolicyAsItIsShown_GivesThatPolicy()
    {
        var policy = new SupervisionPolicy
        {
            Restart = RestartPolicy.Transient,
            MaxRestarts = 3,
            Heartbeat = TimeSpan.FromSeconds(0.5),
            Timeout = TimeSpan.FromSeconds(7),
            ProgressTimeout = TimeSpan.FromSeconds(90),
            Stable = TimeSpan.FromSeconds(11),
            StartupGrace = TimeSpan.FromSeconds(12),
            StopGrace = TimeSpan.FromSeconds(13),
            MaxExpectedSilence = TimeSpan.FromSeconds(14),
            FailuresPerCheckpoint = 4,
            Backoff = new Backoff { Base = TimeSpan.FromSeconds(1), Factor = 3, Max = TimeSpan.FromSeconds(15), Jitter = 0.2 },
        };

        var written = JsonSerializer.Deserialize(
            JsonSerializer.Serialize(policy, HealingJson.Default.SupervisionPolicy), HealingJson.Default.PolicySettings)!;

        Assert.Empty(PolicyRules.Check(written));
        Assert.Equal(policy, written.Over(new HealingOptions().ToPolicy()));
    }

    [Theory]
    [InlineData(0.9, false)]
    [InlineData(1, true)]
    [InlineData(604_800, true)]
    [InlineData(604_801, false)]
    [InlineData(double.NaN, false)]
    public void Check_LongestSilence_IsASecondToAWeek(double seconds, bool isRight) => Assert.Equal(
        isRight ? [] : [$"policy.maxExpectedSilenceSeconds must be 1 to 604800 seconds (it is {seconds})"],
        PolicyRules.Check(new PolicySettings { MaxExpectedSilenceSeconds = seconds }).Select(f => f.ToString()));
}
