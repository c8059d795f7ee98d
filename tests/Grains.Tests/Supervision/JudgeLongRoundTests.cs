using OrleansHealing.Agents;
using OrleansHealing.Fleet;

namespace OrleansHealing.Tests.Supervision;

/// <summary>A round that takes longer than a supervisor may be out of sight.</summary>
public sealed class JudgeLongRoundTests
{
    // The judge loads 200 at a time.
    private const int Chunks = 4;
    private static readonly TimeSpan EachTakes = TimeSpan.FromSeconds(4);

    [Fact]
    public async Task Round_LongerThanALateOne_IsNotedInPartsAndNeverLooksLate()
    {
        using var fleet = new StubbedFleet { LoadTakes = EachTakes };
        for (var i = 0; i < Chunks * 200; i++)
        {
            fleet.Add(Given.Alive() with { Id = AgentId.Parse($"agent-{i:000}"), Claim = null, Deadline = Given.Now.AddMinutes(5) });
        }

        await fleet.Judge.RoundAsync(1000);

        // What a watch on another silo reads in the store, and what a ping is answered.
        Assert.True(Chunks * EachTakes > SupervisorHealth.LateAfter(fleet.HealingOptions), "The round is too short to prove anything.");
        Assert.Equal(Enumerable.Repeat(EachTakes, Chunks), fleet.AgesSeen);
        Assert.Equal(fleet.Clock.Monotonic, fleet.Judge.AtWorkAt);
    }
}
