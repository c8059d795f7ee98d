using System.Reflection;
using System.Text.Json;
using OrleansHealing.Agents;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Supervision;

public sealed class DecisionEvidenceTests
{
    private static readonly DateTimeOffset Odd = Given.Now.AddTicks(1_234_567);

    [Fact]
    public void Decide_OnTheRecordOfACrash_GivesTheSameToTheLastDigit()
    {
        var snapshot = Given.Alive(Given.State(failures: 3)).Told(FailureReason.Crashed, Given.Now.AddTicks(77));
        var inputs = DecisionInputs.OfJudge(snapshot, Given.Policy, Given.At(Odd, random: 1 / 3.0));
        var decision = inputs.Decide()!;

        Assert.Equal(Replay.Text(decision), Replay.Text(Replay.OfRecord(inputs, decision.Actions)));
    }

    [Fact]
    public void Decide_OnTheRecordOfAMemberOfAGroup_GivesTheSame()
    {
        var group = new AgentGroup { Name = "pipe", Restart = GroupRestart.OneForAll };
        var snapshot = Given.Alive().Told(FailureReason.Crashed) with
        {
            Definition = Given.Stored(Given.Definition with { Group = group }),
            Siblings = [new GroupMember(AgentId.Parse("other"), 1, AgentStatus.Healthy, 0, RestartHold.None, null, null)],
        };
        var inputs = DecisionInputs.OfJudge(snapshot, Given.Policy, Given.At(Given.Now));
        var decision = inputs.Decide()!;

        Assert.Equal(Replay.Text(decision), Replay.Text(Replay.OfRecord(inputs, decision.Actions)));
    }

    [Fact]
    public void Of_AnAgentWithSecretsAndProgress_RecordsNeither()
    {
        var definition = Given.Definition with { Settings = AgentSettings.Parse("""{"key":"s3cret"}""") };
        var snapshot = Given.Alive().Told(FailureReason.Crashed) with
        {
            Definition = Given.Stored(definition),
            Heartbeat = Given.Stored(Given.Beat(Given.Now) with { Progress = JsonText.Parse("""{"lines":4711}""") }),
        };
        var inputs = DecisionInputs.OfJudge(snapshot, Given.Policy, Given.At(Given.Now));

        var text = Replay.Write(inputs, inputs.Decide()!.Actions);

        Assert.DoesNotContain("s3cret", text);
        Assert.DoesNotContain("4711", text);
        Assert.Contains("data-processing", text);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(DecisionEvidence.KeptHosts)]
    public void Of_AClusterOfAnySize_RecordsThoseThatAreNamedAndAtMostAFewOthers(int others)
    {
        var snapshot = Given.Alive();
        string[] dead = [Given.Host, .. Enumerable.Range(0, others - 1).Select(i => $"host-b{i}"), "host-c"];
        var inputs = DecisionInputs.OfJudge(snapshot, Given.Policy, Given.At(Given.Now) with
        {
            DeadHosts = new HashSet<string>(dead),
            SilentHosts = new HashSet<string> { "host-c" },
            SiloNames = new Dictionary<string, string> { [Given.Host] = "silo-1", ["host-b0"] = "silo-2" },
        });
        var decision = inputs.Decide()!;

        var record = DecisionEvidence.Of(inputs, decision.Actions);

        var isMany = dead.Length > DecisionEvidence.KeptHosts;
        Assert.Equal(isMany ? [Given.Host] : dead, record.Circumstances.DeadHosts.Order());
        Assert.Equal(isMany ? [] : ["host-c"], record.Circumstances.SilentHosts);
        Assert.Equal(isMany ? [Given.Host] : [Given.Host, "host-b0"], record.Circumstances.SiloNames.Keys);
        Assert.Equal(Replay.Text(decision.Actions), Replay.Text(Replay.OfRecord(inputs, decision.Actions)!.Actions));
    }

    public static TheoryData<string> Entries() => ["Spawn", "Rebuild", "Adopt", "Judge", "Obey", "Judge a pause"];

    [Theory]
    [MemberData(nameof(Entries))]
    public void Decide_OnTheRecordOfAnyEntry_GivesTheSameAndNamesTheRuleOfEachAction(string entry)
    {
        var circumstances = Given.At(Odd);
        var lost = Given.Alive() with { State = default };
        var inputs = entry switch
        {
            "Spawn" => DecisionInputs.OfSpawn(Given.Definition, Given.Policy, "anna", 6, circumstances),
            "Rebuild" => DecisionInputs.OfRebuild(lost, 7, goesOn: true, Given.Policy, circumstances),
            "Adopt" => DecisionInputs.OfAdoption(lost, new RunningBody(Given.Definition, 7, Given.Claim, 1), Given.Policy, circumstances),
            "Obey" => DecisionInputs.OfObey(Given.Alive(), new AgentCommand(CommandKind.Restart, "boris"), Given.Policy, circumstances),
            "Judge a pause" => DecisionInputs.OfJudge(
                Given.Resting(Given.State(AgentStatus.Paused) with { Desired = Given.WantedByAnna with { Mode = DesiredMode.Pause, Until = Given.Now } }), Given.Policy, circumstances),
            _ => DecisionInputs.OfJudge(Given.Alive().Told(FailureReason.Crashed), Given.Policy, circumstances),
        };
        var decision = inputs.Decide()!;
        var trace = new DecisionTrace();

        Assert.Equal(Replay.Text(decision), Replay.Text(Replay.OfRecord(inputs, decision.Actions, trace)));
        Assert.All(decision.Actions, action => Assert.NotNull(trace.RuleOf(action.Id)));
    }

    /// <summary>Also those that are added later: one that is lost would be decided without.</summary>
    [Fact]
    public void Read_EveryPropertyOfTheCircumstances_ComesBack()
    {
        var full = new Circumstances { Now = Odd, Random = 0.1 };
        foreach (var property in Recorded(typeof(Circumstances)))
        {
            property.SetValue(full, Sample(property.PropertyType));
        }

        var snapshot = Given.Alive().Told(FailureReason.Crashed);
        var inputs = DecisionInputs.OfJudge(snapshot, Given.Policy, full);
        var read = Replay.Read(Replay.Write(inputs, inputs.Decide()!.Actions)).ToInputs().Circumstances;

        Assert.All(Recorded(typeof(Circumstances)), p => Assert.Equal((p.Name, Replay.Text(p.GetValue(full))), (p.Name, Replay.Text(p.GetValue(read)))));
    }

    [Fact]
    public void Read_OfAnOlderVersion_LeavesWhatWasAddedSinceAtItsDefault()
    {
        var inputs = DecisionInputs.OfJudge(Given.Alive().Told(FailureReason.Crashed), Given.Policy, Given.At(Given.Now));
        var text = Replay.Write(inputs, inputs.Decide()!.Actions);

        Assert.Null(Replay.Read(text.Replace("\"restartTurn\":null,", "", StringComparison.Ordinal)).Circumstances.RestartTurn);
        Assert.Throws<JsonException>(() => Replay.Read(text.Replace("\"restartTurn\"", "\"later\"", StringComparison.Ordinal)));
    }

    private static IEnumerable<PropertyInfo> Recorded(Type type) =>
        type.GetProperties().Where(p => p.CanWrite && p.PropertyType != typeof(DecisionTrace));

    private static object Sample(Type type) => Nullable.GetUnderlyingType(type) is { } inner ? Sample(inner)
        : type == typeof(DateTimeOffset) ? Odd
        : type == typeof(TimeSpan) ? TimeSpan.FromTicks(12_345_678)
        : type == typeof(double) ? 0.1 + 0.2
        : type == typeof(bool) ? true
        : type == typeof(string) ? "a word"
        : type == typeof(int) || type == typeof(long) ? Convert.ChangeType(42, type, System.Globalization.CultureInfo.InvariantCulture)
        : type.IsEnum ? Enum.GetValues(type).GetValue(1)!
        : type == typeof(IReadOnlySet<string>) ? new HashSet<string> { Given.Host }
        : type == typeof(IReadOnlyDictionary<string, string>) ? new Dictionary<string, string> { [Given.Host] = "silo-1" }
        : type.GetConstructors().MaxBy(c => c.GetParameters().Length) is { } constructor
            ? Filled(constructor.Invoke([.. constructor.GetParameters().Select(p => Sample(p.ParameterType))]))
        : throw new NotSupportedException($"No sample of a {type} is known here.");

    private static object Filled(object record)
    {
        foreach (var property in record.GetType().GetProperties().Where(p => p.CanWrite))
        {
            property.SetValue(record, Sample(property.PropertyType));
        }

        return record;
    }
}
