using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Heartbeats;
using OrleansHealing.Tests.Heartbeats.Contract;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Simulation;

/// <summary>The simulation's store is worth what it has in common with a real one: the same course of events, the same answers.</summary>
public abstract class ModelStoreContract(StoreServer server)
{
    private const int Steps = 40;
    private static readonly AgentId[] Ids = [.. Enumerable.Range(0, 2).Select(i => AgentId.Parse($"agent-{i}"))];
    private static readonly string[] Hosts = ["host-a", "host-b"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Model_AnyCourseOfEvents_AnswersAsTheStoreDoes(int seed)
    {
        await using var real = await TestStore.OpenAsync(await server.ConnectionStringAsync());
        var model = new ModelStore();
        var random = new Random(seed);
        var now = Given.Now;
        for (var step = 0; step < Steps; step++)
        {
            now += TimeSpan.FromMilliseconds(random.Next(1, 3000));
            var id = Ids[random.Next(Ids.Length)];
            var what = await TakeStepAsync(real.Store, model, random, id, now);
            foreach (var agent in Ids)
            {
                Assert.Equal(Told(await real.LoadAsync(agent)), Told(model.Load(agent)), (a, b) => Same(a, b, $"seed {seed}, step {step}: {what}"));
            }

            var (theirs, ours) = (await real.Store.DueAsync(0, now, 100), model.Due(now, 100));
            Assert.Equal((Sorted(theirs.Ids), Sorted(theirs.Scheduled), theirs.NextAt), (Sorted(ours.Ids), Sorted(ours.Scheduled), ours.NextAt));
            foreach (var host in Hosts)
            {
                Assert.Equal(Sorted(await real.Store.ClaimsOfAsync(0, host)), Sorted(model.Claims(host)));
            }
        }
    }

    private static async Task<string> TakeStepAsync(HeartbeatStore real, ModelStore model, Random random, AgentId id, DateTimeOffset now)
    {
        var current = model.StateOf(id)?.Incarnation ?? 1;
        var incarnation = Math.Max(1, current - random.Next(0, 3) + random.Next(0, 2));
        var host = Hosts[random.Next(Hosts.Length)];
        var run = $"run-{random.Next(2)}";
        var beat = Given.Beat(now, incarnation) with { Host = host };
        var deadline = now + Given.Policy.Timeout;
        switch (random.Next(9))
        {
            case 0:
                Assert.Equal(await real.ClaimAsync(id, beat, run, deadline), model.Claim(id, beat, run, deadline));
                return $"claim {id}#{incarnation} by {host}|{run}";
            case 1 or 2:
                var entry = new BeatEntry(id, incarnation, deadline.ToUnixTimeMilliseconds(), random.Next(2) == 0 ? beat : null);
                Assert.Equal((await real.BeatAsync(0, [entry])).Count == 0, model.Beat(entry));
                return $"beat {id}#{incarnation}";
            case 3:
                var report = IncarnationReport.Failed(incarnation, FailureReason.Crashed, "it broke", now);
                var claim = random.Next(3) == 0 ? null : StoreKeys.Claim(host, run);
                Assert.Equal(await real.ReportAsync(id, report, claim, null), model.Report(id, report, claim, null));
                return $"report {id}#{incarnation} by {claim}";
            case 4:
                var checkpoint = new Checkpoint { Incarnation = incarnation, Sequence = 1, At = now, State = JsonText.Parse("1") };
                Assert.Equal(await real.SaveCheckpointAsync(id, checkpoint), model.SaveCheckpoint(id, checkpoint));
                return $"save {id}#{incarnation}";
            case 5 when model.Load(id).State.Value is not null:
                await real.TidyAsync(id, (await real.LoadAsync(0, [id]))[0].State);
                model.Tidy(id, model.Load(id).State);
                return $"tidy {id}";
            default:
                return await DecideAsync(real, model, random, id, now);
        }
    }

    /// <summary>The same decision on both, each with the records that it was read from; now and then from records that are old.</summary>
    private static async Task<string> DecideAsync(HeartbeatStore real, ModelStore model, Random random, AgentId id, DateTimeOffset now)
    {
        var (theirs, ours) = ((await real.LoadAsync(0, [id]))[0], model.Load(id));
        var circumstances = Given.At(now);
        var definition = new AgentDefinition { Id = id, Kind = "test" };
        Decision? decision;
        string what;
        if (ours.State.Value is null)
        {
            Assert.Equal(await real.IncarnationFloorAsync(0), model.IncarnationFloor());
            (decision, what) = (SupervisorDecision.Spawn(definition, Given.Policy, "anna", model.IncarnationFloor(), circumstances), "spawn");
        }
        else if (random.Next(3) == 0)
        {
            var kind = random.GetItems([CommandKind.Restart, CommandKind.Pause, CommandKind.Resume, CommandKind.Remove], 1)[0];
            (decision, what) = (SupervisorDecision.Obey(ours, new AgentCommand(kind, "boris"), Given.Policy, circumstances).Decision, kind.ToString());
        }
        else
        {
            (decision, what) = (SupervisorDecision.Judge(ours, Given.Policy, circumstances), "judge");
        }

        if (decision is null)
        {
            return $"{what} {id}: nothing";
        }

        CommitRequest Request(AgentSnapshot before) => new()
        {
            Before = before,
            Next = decision.Next,
            NewDeadline = decision.NewDeadline,
            OnlyIfDeadlineAtMost = decision.OnlyIfDeadlineAtMost,
            Definition = ours.State.Value is null ? definition : null,
            Actions = decision.Actions,
        };

        if (random.Next(4) == 0 && ours.State.Value is { } state)
        {
            // Something comes between the reading and the commit.
            var entry = new BeatEntry(id, state.Incarnation, (now + Given.Policy.Timeout).ToUnixTimeMilliseconds(), null);
            Assert.Equal((await real.BeatAsync(0, [entry])).Count == 0, model.Beat(entry));
        }

        Assert.Equal(await real.CommitAsync(Request(theirs)), model.Commit(Request(ours), () => { }));
        return $"{what} {id}: again {await real.CommitAsync(Request(theirs))} {model.Commit(Request(ours), () => { })}";
    }

    private static AgentSnapshot Told(AgentSnapshot s) => s with
    {
        Definition = new(s.Definition.Value, null, null),
        State = new(s.State.Value, null, null),
        Heartbeat = new(s.Heartbeat.Value, null, null),
        Report = new(s.Report.Value, null, null),
    };

    private static bool Same(AgentSnapshot theirs, AgentSnapshot ours, string when)
    {
        Assert.True(theirs == ours, $"{when}{Environment.NewLine}store: {theirs}{Environment.NewLine}model: {ours}");
        return true;
    }

    private static string Sorted<T>(IEnumerable<T> items) => string.Join(' ', items.Select(i => $"{i}").Order(StringComparer.Ordinal));
}

public sealed class GarnetModelStoreTests(GarnetStore store) : ModelStoreContract(store);

public sealed class RedisModelStoreTests(RedisStore store) : ModelStoreContract(store);
