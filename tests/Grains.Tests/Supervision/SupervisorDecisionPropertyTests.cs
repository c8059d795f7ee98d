using System.Text.Json;
using CsCheck;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Supervision;

/// <summary>What holds over every course of events, not only over those that somebody thought of.</summary>
public sealed class SupervisorDecisionPropertyTests
{
    private static readonly Gen<(int What, double Amount, double Random)[]> Courses =
        Gen.Select(Gen.Int[0, 11], Gen.Double[0, 100], Gen.Double[0, 0.999]).Array[1, 80];

    [Fact]
    public void Judge_OverAnyCourseOfEvents_KeepsItsPromises() => Courses.Sample(
        course =>
        {
            var world = new AgentWorld(0.5);
            foreach (var (what, amount, random) in course)
            {
                world.Happen(what, amount);
                if (what is 9 or 10)
                {
                    Order(world, (CommandKind)((int)amount % 4), random);
                }

                Settle(world, random);
            }
        },
        iter: 2_000);

    /// <summary>Judges until nothing is left to do; that it ends is a promise too.</summary>
    private static void Settle(AgentWorld world, double random)
    {
        for (var step = 0; step < 8; step++)
        {
            var (snapshot, circumstances) = (world.Snapshot, world.Circumstances(random));
            var decision = SupervisorDecision.Judge(snapshot, Given.Policy, circumstances);
            Assert.Equal(Text(decision), Text(SupervisorDecision.Judge(snapshot, Given.Policy, circumstances)));
            if (decision is null)
            {
                return;
            }

            CheckRecord(DecisionInputs.OfJudge(snapshot, Given.Policy, circumstances), decision);

            Check(world.State, decision, world.Now);
            CheckDesired(world.State.Desired, decision, world.Now);
            Assert.True(circumstances.Maintenance is null || decision.Order is not BackendOrder.Start, $"started under {circumstances.Maintenance}");
            Assert.True(
                decision.Next!.ConsecutiveFailures >= world.State.ConsecutiveFailures
                || decision.Actions.Any(a => a.Action is ActionKind.Stabilized or ActionKind.Completed),
                $"the count fell from {world.State.ConsecutiveFailures} by {Text(decision)}");
            world.Apply(decision);
        }

        Assert.Fail($"There is no end of deciding: {world.State}");
    }

    private static void Order(AgentWorld world, CommandKind kind, double random)
    {
        var command = new AgentCommand(kind, "boris", For: kind is CommandKind.Pause && random < 0.5 ? TimeSpan.FromSeconds(1 + (random * 100)) : null);
        var (decision, answer) = SupervisorDecision.Obey(world.Snapshot, command, Given.Policy, world.Circumstances(random));
        Assert.True(decision is null != answer is null);
        if (decision is not null)
        {
            CheckRecord(DecisionInputs.OfObey(world.Snapshot, command, Given.Policy, world.Circumstances(random)), decision);
            Check(world.State, decision, world.Now);
            Assert.Equal("boris", decision.Next!.Desired.Actor);
            world.Apply(decision);
        }
    }

    /// <summary>What is recorded of it gives the same again, and every action has the rule that made it.</summary>
    private static void CheckRecord(DecisionInputs inputs, Decision decision)
    {
        if (decision.Actions.Count > 0)
        {
            var trace = new DecisionTrace();
            Assert.Equal(Text(decision), Text(Replay.OfRecord(inputs, decision.Actions, trace)));
            Assert.All(decision.Actions, action => Assert.NotNull(trace.RuleOf(action.Id)));
        }
    }

    /// <summary>What a person wants is changed by a person alone; the end of a pause was ordered with it.</summary>
    private static void CheckDesired(DesiredState before, Decision decision, DateTimeOffset now)
    {
        var after = decision.Next!.Desired;
        if (decision.Actions.Any(a => a.Reason is "pause-expired"))
        {
            Assert.True(before.Until <= now, $"{before} ended at {now}");
            Assert.Equal((DesiredMode.Run, before.Actor, before.Until!.Value, null), (after.Mode, after.Actor, after.At, after.Until));
        }
        else
        {
            Assert.Same(before, after);
        }
    }

    private static void Check(HealthState before, Decision decision, DateTimeOffset now)
    {
        var next = decision.Next!;
        var grants = decision.Actions.Count(a => a.Action is ActionKind.Restarting);
        Assert.Equal(before.Incarnation + grants, next.Incarnation);
        Assert.Equal(before.TotalRestarts + grants, next.TotalRestarts);
        Assert.InRange(grants, 0, 1);
        if (grants == 1)
        {
            Assert.Equal((AgentStatus.Restarting, BackendOrder.Start, now + Given.Policy.StartupGrace), (next.Status, decision.Order, decision.NewDeadline));
        }

        if (next.Status is AgentStatus.BackingOff)
        {
            Assert.True(next.NextRestartAt > now, $"{next} at {now}");
        }

        if (!next.IsPromised)
        {
            Assert.Null(decision.NewDeadline);
            Assert.NotEqual(BackendOrder.Start, decision.Order);
        }

        Assert.NotEqual(AgentStatus.Stale, next.Status);
        Assert.Equal(decision.Actions.Count, decision.Actions.Select(a => a.Id).Distinct().Count());
        Assert.All(decision.Actions, a => Assert.Equal((next.AgentId, now), (a.AgentId, a.At)));
    }

    private static string Text(Decision? decision) => JsonSerializer.Serialize(decision);
}
