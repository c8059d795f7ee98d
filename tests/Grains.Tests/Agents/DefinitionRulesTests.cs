using System.Text.Json;
using Microsoft.Extensions.Options;
using OrleansHealing.Agents;
using OrleansHealing.Hosting;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Agents;

public sealed class DefinitionRulesTests
{
    private static readonly AgentSetting[] Settings =
    [
        new() { Name = "path", Type = AgentSettingType.File, Description = "", IsRequired = true },
        new() { Name = "every", Type = AgentSettingType.WholeNumber, Description = "", Min = 1, Max = 10 },
        new() { Name = "share", Type = AgentSettingType.Number, Description = "", Min = 0, Max = 1 },
        new() { Name = "loud", Type = AgentSettingType.Boolean, Description = "" },
        new() { Name = "title", Type = AgentSettingType.Text, Description = "" },
    ];

    private static readonly AgentKinds Kinds = new(
        [new AgentKind("reader", null, Settings, new()), new AgentKind("any", null, [], new())], Options.Create(new HealingOptions()));

    private static readonly string AFile = typeof(DefinitionRulesTests).Assembly.Location;

    [Fact]
    public void Check_RightDefinition_HasNoFaults()
    {
        var settings = JsonSerializer.Serialize(new { path = AFile, every = "3", share = 0.5, loud = true, title = "x" });

        Assert.Empty(Check("reader", settings));
    }

    [Fact]
    public void Check_EverythingWrong_NamesEveryFaultAtOnce()
    {
        var definition = new AgentDefinition
        {
            Id = default,
            Kind = "reader",
            Settings = AgentSettings.Parse("""{"path":"/no/such/file","every":2.5,"share":7,"loud":"maybe","title":3,"colour":"red"}"""),
            Labels = new Dictionary<string, string> { [""] = "x" },
            Policy = new PolicySettings
            {
                MaxRestarts = 0,
                HeartbeatSeconds = double.NaN,
                TimeoutSeconds = -1,
                Restart = (RestartPolicy)9,
                Backoff = new BackoffSettings { Factor = 0.5, Jitter = 2, BaseSeconds = -1, MaxSeconds = 1e9 },
            },
        };

        var faults = DefinitionRules.Check(definition, Kinds);

        Assert.Equal(
            [
                "id", "labels", "policy.backoff.baseSeconds", "policy.backoff.factor", "policy.backoff.jitter", "policy.backoff.maxSeconds",
                "policy.heartbeatSeconds", "policy.maxRestarts", "policy.restart", "policy.timeoutSeconds",
                "settings.colour", "settings.every", "settings.loud", "settings.path", "settings.share", "settings.title",
            ],
            faults.Select(f => f.Property).Order(StringComparer.Ordinal));
        Assert.Contains("settings.every must be a whole number (it is 2.5)", faults.Select(f => f.ToString()));
        Assert.Contains("settings.share must be 0 to 1 (it is 7)", faults.Select(f => f.ToString()));
    }

    [Fact]
    public async Task Check_FileThatIsAPipeNobodyWritesTo_IsAFaultAndNoWaitForEver()
    {
        var pipe = Path.Combine(Path.GetTempPath(), $"healing-pipe-{Guid.NewGuid():N}");
        using var mkfifo = System.Diagnostics.Process.Start("mkfifo", pipe);
        await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);
        try
        {
            var check = Task.Run(() => Check("reader", JsonSerializer.Serialize(new { path = pipe })), TestContext.Current.CancellationToken);

            Assert.Equal(
                ["settings.path must be a file that opens at once (after 1 s it had not: is it a pipe?)"],
                await check.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        }
        finally
        {
            File.Delete(pipe);
        }
    }

    [Fact]
    public void Check_FileThatIsADeviceWithoutAnEnd_IsAFault() => Assert.Equal(
        ["settings.path must be a file with a length (it has none and can be read all the same: is it a device?)"],
        Check("reader", JsonSerializer.Serialize(new { path = "/dev/zero" })));

    [Fact]
    public void Check_UnknownKind_NamesTheKnownOnes() =>
        Assert.Equal(["kind must be a registered kind: any, reader (it is 'raeder')"], Check("raeder", "{}"));

    [Fact]
    public void Check_RequiredSettingMissing_SaysSo() => Assert.Equal(["settings.path must be given"], Check("reader", "{}"));

    [Fact]
    public void Check_KindWithoutDeclaredSettings_TakesAny() => Assert.Empty(Check("any", """{"a":{"b":[1]}}"""));

    [Fact]
    public void Check_NumbersWrongTogether_NamesTheRuleBetweenThem()
    {
        var definition = new AgentDefinition
        {
            Id = AgentId.Parse("a"),
            Kind = "any",
            Policy = new PolicySettings { TimeoutSeconds = 0.5, ProgressTimeoutSeconds = 0.1, Backoff = new() { BaseSeconds = 90 } },
        };

        Assert.Equal(
            ["policy.timeoutSeconds", "policy.progressTimeoutSeconds", "policy.backoff.maxSeconds"],
            DefinitionRules.Check(definition, Kinds).Select(f => f.Property));
    }

    [Fact]
    public void Check_TooMuchOfAnything_IsRefused()
    {
        var labels = Enumerable.Range(0, 33).ToDictionary(i => $"l{i}", _ => "x");
        var definition = new AgentDefinition
        {
            Id = AgentId.Parse("a"),
            Kind = "any",
            Settings = AgentSettings.Parse($$"""{"a":"{{new string('x', 40_000)}}"}"""),
            Labels = labels,
        };

        Assert.Equal(["settings", "labels"], DefinitionRules.Check(definition, Kinds).Select(f => f.Property));
    }

    [Fact]
    public void Json_SettingNamedTwice_IsRefused() => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(
        """{"id":"a","kind":"any","settings":{"x":1,"x":2}}""", HealingJson.Default.AgentDefinition));

    private static IEnumerable<string> Check(string kind, string settings) =>
        DefinitionRules.Check(new() { Id = AgentId.Parse("a"), Kind = kind, Settings = AgentSettings.Parse(settings) }, Kinds).Select(f => f.ToString());
}
