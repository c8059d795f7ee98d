using Microsoft.Extensions.Options;
using OrleansHealing.Agents;
using OrleansHealing.Agents.Processes;
using OrleansHealing.Hosting;

namespace OrleansHealing.Tests.Agents.Processes;

public sealed class ProcessSettingsTests
{
    private static readonly AgentKinds Kinds = new(
        [new AgentKind(ProcessAgent.Kind, null, ProcessSettings.Declared, new()) { Check = ProcessSettings.Check }], Options.Create(new HealingOptions()));

    [Theory]
    [InlineData("""{"command":"sh"}""")]
    [InlineData("""{"command":"python3","arguments":["-u","a b",""],"environment":{"A_1":"","path":"x"},"workingDirectory":"/","memoryMegabytes":"512","cpuSeconds":60}""")]
    public void Check_Right_HasNoFaults(string settings) => Assert.Empty(Check(settings));

    [Theory]
    [InlineData("{}", "settings.command must be given")]
    [InlineData("""{"command":""}""", "settings.command must not be empty, and hold no character 0")]
    [InlineData("""{"command":"a\u0000b"}""", "settings.command must not be empty, and hold no character 0")]
    [InlineData("""{"command":"sh","arguments":"-c"}""", "settings.arguments must be a list of texts")]
    [InlineData("""{"command":"sh","arguments":["-c",5]}""", "settings.arguments must be a list of texts")]
    [InlineData("""{"command":"sh","arguments":["\u0000"]}""", "settings.arguments must hold no character 0")]
    [InlineData("""{"command":"sh","environment":["A=b"]}""", "settings.environment must be an object of texts")]
    [InlineData("""{"command":"sh","environment":{"A":1}}""", "settings.environment must be an object of texts")]
    [InlineData("""{"command":"sh","environment":{"1A":"b"}}""", "settings.environment must name variables by letters")]
    [InlineData("""{"command":"sh","environment":{"A=B":"c"}}""", "settings.environment must name variables by letters")]
    [InlineData("""{"command":"sh","environment":{"HEALING_URL":"x"}}""", "settings.environment must leave HEALING_… to the silo (it has 'HEALING_URL')")]
    [InlineData("""{"command":"sh","environment":{"healing_token":"x"}}""", "settings.environment must leave HEALING_… to the silo (it has 'healing_token')")]
    [InlineData("""{"command":"sh","workingDirectory":""}""", "settings.workingDirectory must not be empty")]
    [InlineData("""{"command":"sh","memoryMegabytes":0}""", "settings.memoryMegabytes must be 1 to 16777216 (it is 0)")]
    [InlineData("""{"command":"sh","cpuSeconds":1.5}""", "settings.cpuSeconds must be a whole number (it is 1.5)")]
    [InlineData("""{"command":"sh","shell":true}""", "settings.shell must be a setting of process: command, arguments")]
    public void Check_Wrong_NamesTheSettingAndTheRule(string settings, string fault) => Assert.StartsWith(fault, Assert.Single(Check(settings)), StringComparison.Ordinal);

    [Fact]
    public void Read_SettingsThatWerePutThereByHand_IsFatal() =>
        Assert.Throws<FatalAgentException>(() => ProcessSettings.Read(AgentSettings.Parse("""{"command":"sh","environment":{"HEALING_URL":"x"}}""")));

    private static string[] Check(string settings) =>
    [
        .. DefinitionRules.Check(new AgentDefinition { Id = AgentId.Parse("a"), Kind = ProcessAgent.Kind, Settings = AgentSettings.Parse(settings) }, Kinds).Select(f => f.ToString()),
    ];
}
