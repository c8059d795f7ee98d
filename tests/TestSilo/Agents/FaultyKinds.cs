using OrleansHealing.Agents;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;

namespace OrleansHealing.TestSilo.Agents;

/// <summary>The kinds, by the names that definitions call them by.</summary>
internal static class FaultyKinds
{
    public static void Add(HealingBuilder healing) => healing
        .AddAgent<WellBehaved>("well-behaved", Configure)
        .AddAgent<CallsOverHttp>("calls-over-http", ConfigureUrl)
        .AddAgent<AwaitsForEver>("awaits-for-ever", Configure)
        .AddAgent<GivesWay>("gives-way", Configure)
        .AddAgent<SavesWhenGivenUp>("saves-when-given-up", Configure)
        .AddAgent<BlocksForEver>("blocks-for-ever", Configure)
        .AddAgent<IgnoresCancellation>("ignores-cancellation", Configure)
        .AddAgent<OutlivesItself>("outlives-itself", Configure)
        .AddAgent<EatsThreadPool>("eats-thread-pool", kind => Configure(kind, EatsThreadPool.Items))
        .AddAgent<ThrowsInConstructor>("throws-in-constructor", Configure)
        .AddAgent<NeedsMissingService>("needs-missing-service", Configure)
        .AddAgent<ThrowsWhenCancelled>("throws-when-cancelled", Configure)
        .AddAgent<ThrowsInDispose>("throws-in-dispose", Configure)
        .AddAgent<ThrowsInTask>("throws-in-task", Configure)
        .AddAgent<ThrowsOnThread>("throws-on-thread", Configure)
        .AddAgent<ThrowsOnFile>("throws-on-file", ConfigurePath)
        .AddAgent<ThrowsOutOfMemory>("throws-out-of-memory", Configure)
        .AddAgent<Leaks>("leaks", Configure)
        .AddAgent<FailsFast>("fails-fast", Configure)
        .AddAgent<ExitsProcess>("exits-process", Configure)
        .AddAgent<OverflowsStack>("overflows-stack", Configure)
        .AddAgent<SavesInSilence>("saves-in-silence", kind => Configure(kind, SavesInSilence.SilenceSeconds, SavesInSilence.QuietSeconds));

    private static void Configure(AgentKindOptions kind) => Configure(kind, []);

    private static void ConfigureUrl(AgentKindOptions kind) =>
        kind.Settings.Add(new AgentSetting { Name = CallsOverHttp.Url, Type = AgentSettingType.Text, Description = "Whom it calls.", IsRequired = true });

    private static void ConfigurePath(AgentKindOptions kind)
    {
        Configure(kind);
        kind.Settings.Add(new AgentSetting { Name = ThrowsOnFile.Path, Type = AgentSettingType.Text, Description = "The file that it throws on.", IsRequired = true });
    }

    private static void Configure(AgentKindOptions kind, params string[] numbers)
    {
        foreach (var name in numbers.Append(FaultyAgent.AfterSeconds))
        {
            kind.Settings.Add(new AgentSetting { Name = name, Type = AgentSettingType.Number, Description = "A number; what it means is in the docstring of the kind.", Min = 0 });
        }

        kind.Settings.Add(new AgentSetting
        {
            Name = FaultyAgent.UntilIncarnation,
            Type = AgentSettingType.WholeNumber,
            Description = "The last incarnation that has the fault; 1 by default.",
            Min = 0,
        });
        kind.Policy = new PolicySettings { HeartbeatSeconds = 0.5 };
    }
}
