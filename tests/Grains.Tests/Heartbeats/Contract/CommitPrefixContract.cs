using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Heartbeats.Contract;

/// <summary>
/// A store can be killed between two writes of a script. Whatever prefix of a commit's writes is left, supervision brings the
/// agent back to exactly one body, and takes nothing from an older one.
/// </summary>
public abstract class CommitPrefixContract(StoreServer server)
{
    private const int MostWrites = 30;
    private static readonly AgentId Id = AgentId.Parse("reader-1");

    /// <summary>How each decision comes about, from an agent that is healthy unless it says otherwise.</summary>
    private static readonly Dictionary<string, Func<SupervisedFleet, Task>> Decisions = new()
    {
        ["spawn"] = _ => Task.CompletedTask,
        ["recover"] = fleet => fleet.SpawnClaimedAsync(),
        ["restart after a crash"] = async fleet =>
        {
            await fleet.SpawnHealthyAsync();
            await fleet.CrashAsync(FailureReason.Crashed);
        },
        ["restart after silence"] = async fleet =>
        {
            await fleet.SpawnHealthyAsync();
            fleet.Hang();
        },
        ["back off"] = async fleet =>
        {
            await fleet.SpawnHealthyAsync();
            await fleet.CrashAsync(FailureReason.Crashed);
            await fleet.RunAsync(TimeSpan.FromSeconds(2));
            await fleet.CrashAsync(FailureReason.Crashed);
        },
        ["restart after a wait"] = async fleet =>
        {
            await Decisions!["back off"](fleet);
            await fleet.RunAsync(TimeSpan.FromSeconds(1));
            fleet.Pass(TimeSpan.FromSeconds(5));
        },
        ["stabilize"] = async fleet =>
        {
            await fleet.SpawnHealthyAsync();
            await fleet.CrashAsync(FailureReason.Crashed);
            await fleet.RunAsync(TimeSpan.FromSeconds(2));
            fleet.Pass(TimeSpan.FromMinutes(2), stillBeating: true);
        },
        ["quarantine"] = async fleet =>
        {
            await fleet.SpawnHealthyAsync();
            await fleet.CrashAsync(FailureReason.Fatal);
        },
        ["repair"] = async fleet =>
        {
            await fleet.SpawnHealthyAsync();
            await fleet.LoseDeadlineAsync();
        },
        ["order restart"] = fleet => fleet.SpawnHealthyAsync(),
        ["order pause"] = fleet => fleet.SpawnHealthyAsync(),
        ["order remove"] = fleet => fleet.SpawnHealthyAsync(),
        ["order resume"] = async fleet =>
        {
            await fleet.SpawnHealthyAsync();
            await fleet.Records.OrderAsync(Id, CommandKind.Pause);
        },
        ["order release"] = async fleet =>
        {
            await Decisions!["quarantine"](fleet);
            await fleet.RunAsync(TimeSpan.FromSeconds(1));
        },
    };

    public static TheoryData<string> Names() => [.. Decisions.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Commit_BrokenOffAfterAnyWrite_EndsWithOneLiveIncarnation(string name)
    {
        var isBroken = true;
        for (var writes = 0; isBroken; writes++)
        {
            Assert.True(writes <= MostWrites, $"a commit of more than {MostWrites} writes: is it ever not broken off?");
            await using var fleet = await SupervisedFleet.OpenAsync(await server.ConnectionStringAsync(), Id);
            await Decisions[name](fleet);
            var before = await fleet.Records.LoadAsync(Id);
            isBroken = await fleet.CommitBrokenAsync(Decide(name, fleet, before), before, writes);
            var where = $"'{name}' broken off after {writes} writes";

            await fleet.SettleAsync(calm: TimeSpan.FromSeconds(8), most: TimeSpan.FromSeconds(45));

            await CheckAsync(fleet, before, where);
            Assert.True(isBroken || writes > 1, "a commit of one write cannot be broken off: this test sees nothing");
        }
    }

    private static Decision Decide(string name, SupervisedFleet fleet, AgentSnapshot before)
    {
        var circumstances = fleet.Circumstances;
        if (name is "spawn")
        {
            return Given.Decided(DecisionInputs.OfSpawn(fleet.Definition, Given.Policy, "anna", 0, circumstances))!;
        }

        if (!name.StartsWith("order ", StringComparison.Ordinal))
        {
            return Given.Decided(DecisionInputs.OfJudge(before, Given.Policy, circumstances)) ?? throw new InvalidOperationException($"Nothing to {name}: {before}");
        }

        var kind = Enum.Parse<CommandKind>(name["order ".Length..], ignoreCase: true);
        return Given.Decided(DecisionInputs.OfObey(before, new AgentCommand(kind, "boris"), Given.Policy, circumstances))!;
    }

    private static async Task CheckAsync(SupervisedFleet fleet, AgentSnapshot before, string where)
    {
        var after = await fleet.Records.LoadAsync(Id);
        var state = after.State.Value;
        var live = fleet.LiveBodies;
        var seen = $"{where}: {state?.Status} {state?.Incarnation}, live [{string.Join(", ", live)}], deadlines [{string.Join(", ", await fleet.Records.MembersAsync())}]";

        if (state is { Status: AgentStatus.Healthy })
        {
            Assert.True(live.SequenceEqual([state.Incarnation]) && after.ClaimedBy is not null, $"not exactly the granted incarnation is alive after {seen}");
        }
        else
        {
            // At rest, or gone: by its own end or a person's order. A spawn that got no further than the fence never was.
            Assert.True(state is null or { Status: AgentStatus.Paused or AgentStatus.Quarantined }, $"the agent is left behind after {seen}");
            Assert.True(live.Count == 0, $"a body lives although its agent rests after {seen}");
        }

        Assert.True(state is null || state.Incarnation >= (before.State.Value?.Incarnation ?? 1), $"the incarnation fell after {seen}");
        var current = state?.Incarnation ?? await fleet.Records.Store.IncarnationFloorAsync(0) + 1;
        for (var older = 1L; older < current; older++)
        {
            Assert.False(await fleet.Records.BeatAsync(Id, older, fleet.Circumstances.Now.AddHours(1)), $"a beat of incarnation {older} is accepted after {seen}");
        }

        var evidence = (await fleet.Records.Store.EvidenceAsync(Id)).Select(e => e.Value!.Id).ToHashSet();
        var unexplained = (await fleet.Records.Store.ActionsAsync(0, null, 100)).Where(a => !evidence.Contains(DecisionEvidence.IdOf(a.Id)));
        Assert.True(!unexplained.Any(), $"what {string.Join(", ", unexplained)} was decided on is not there after {seen}");
    }
}

public sealed class GarnetCommitPrefixTests(GarnetStore store) : CommitPrefixContract(store);

public sealed class RedisCommitPrefixTests(RedisStore store) : CommitPrefixContract(store);
