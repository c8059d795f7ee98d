using CsCheck;
using OrleansHealing.Agents;
using OrleansHealing.Backends;
using OrleansHealing.Backends.Kubernetes;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Backends.Kubernetes;

public sealed class WorkloadOrdersTests
{
    private static readonly AgentId Id = AgentId.Parse("poller");
    private static readonly Workload Labelled = new(
        new WorkloadName(false, "poller"), "agents", "41", new Dictionary<string, string> { ["healing.agent"] = "poller" },
        new Dictionary<string, string>(), new Dictionary<string, string>(), 1, null);

    private static readonly AgentStart Order = new()
    {
        Definition = new AgentDefinition { Id = Id, Kind = KubernetesAgentExtensions.Kind },
        Policy = Given.Policy,
        Incarnation = 7,
        FirstIncarnation = 3,
        PreviousFailure = new AgentFailure(FailureReason.Silent, "no heartbeat\nfor 5 s", Given.Now),
        TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    };

    [Fact]
    public void Start_OfTheNextIncarnation_RollsThePodsAndNamesTheVersionItWasDecidedOn() => Assert.Equal(
        """{"metadata":{"resourceVersion":"41"},"spec":{"template":{"metadata":{"annotations":{"orleans-healing/agent":"poller","orleans-healing/incarnation":"7","orleans-healing/first-incarnation":"3","orleans-healing/previous-failure":"silent: no heartbeat?for 5 s","orleans-healing/traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}}}}}""",
        WorkloadOrders.Start(At(6), Order)!.ToJsonString());

    [Fact]
    public void Start_OfAWorkloadOfNoPod_GivesItOneInTheSameStep() => Assert.Equal(
        """{"metadata":{"resourceVersion":"41"},"spec":{"template":{"metadata":{"annotations":{"orleans-healing/agent":"poller","orleans-healing/incarnation":"7","orleans-healing/first-incarnation":"3","orleans-healing/previous-failure":null,"orleans-healing/traceparent":null}}},"replicas":1}}""",
        WorkloadOrders.Start(At(6, replicas: 0), Order with { PreviousFailure = null, TraceParent = null })!.ToJsonString());

    [Theory]
    [InlineData(1, null)]
    [InlineData(0, """{"metadata":{"resourceVersion":"41"},"spec":{"replicas":1}}""")]
    public void Start_TheSameIncarnationAgain_ChangesNoPod(int replicas, string? expected) =>
        Assert.Equal(expected, WorkloadOrders.Start(At(7, replicas: replicas), Order with { TraceParent = "another" })?.ToJsonString());

    [Theory]
    [InlineData(8, 0, "The deployment 'poller' in namespace 'agents' was given incarnation 8 already. If the fleet began anew, take the annotation orleans-healing/incarnation out of its pod template.")]
    [InlineData(6, 7, "The deployment 'poller' in namespace 'agents' was stopped for incarnation 7 already. If the fleet began anew, take the annotation orleans-healing/stopped out.")]
    public void Start_OlderThanWhatWasOrdered_IsRefused(long there, long stopped, string expected) => Refused(expected, At(there, stopped));

    [Fact]
    public void Start_OfWhatCarriesNoLabelOrAnothersOne_SaysWhichToAdd()
    {
        const string Expected = "The deployment 'poller' in namespace 'agents' is not this agent's to restart: its label healing.agent must be 'poller' (kubectl label --namespace agents deployment/poller healing.agent=poller).";
        Refused(Expected, Labelled with { Labels = new Dictionary<string, string>() });
        Refused(Expected, Labelled with { Labels = new Dictionary<string, string> { ["healing.agent"] = "another" } });
    }

    [Fact]
    public void Start_OfSeveralReplicas_IsRefused() =>
        Refused("The deployment 'poller' in namespace 'agents' has 3 replicas, and an agent is one: it must have 1 or 0.", At(6, replicas: 3));

    [Fact]
    public void Start_OfWhatWouldNotRoll_IsRefusedWithTheReason() =>
        Refused("The deployment 'poller' in namespace 'agents' cannot be restarted: its rollouts are paused.", At(6) with { Obstacle = "its rollouts are paused" });

    [Theory]
    [InlineData("seven")]
    [InlineData("-1")]
    [InlineData("99999999999999999999")]
    public void Start_OfAnAnnotationThatIsNoNumber_IsRefused(string text) => Refused(
        "The annotation orleans-healing/incarnation of the deployment 'poller' in namespace 'agents' must be the number of an incarnation; take it out.",
        Labelled with { PodAnnotations = new Dictionary<string, string> { [Marks.Incarnation] = text } });

    [Theory]
    [InlineData(7, 0, 1, true)]
    [InlineData(6, 0, 1, true)]
    [InlineData(6, 0, 0, true)]
    [InlineData(7, 6, 1, true)]
    [InlineData(7, 7, 0, false)]
    [InlineData(8, 0, 1, false)]
    [InlineData(0, 0, 1, false)]
    public void Stop_OfAnIncarnation_TakesItsPodsAndOlderOnesAway(long there, long stopped, int replicas, bool expected) => Assert.Equal(
        expected ? """{"metadata":{"resourceVersion":"41","annotations":{"orleans-healing/stopped":"7"}},"spec":{"replicas":0}}""" : null,
        WorkloadOrders.Stop(At(there, stopped, replicas), new AgentStop(Id, KubernetesAgentExtensions.Kind, 7))?.ToJsonString());

    /// <summary>In whatever order they come, and however often: what is ordered last in number is what is there, and nothing goes back.</summary>
    [Fact]
    public void Orders_InAnySequence_NeverGoBack() => Gen.Select(Gen.Long[1, 6], Gen.Bool).Array[1, 20].Sample(orders =>
    {
        var there = At(0, replicas: 0);
        foreach (var (incarnation, isStart) in orders)
        {
            var before = there;
            there = Obey(there, incarnation, isStart);
            var (was, now) = (Marks.Read(before.PodAnnotations, Marks.Incarnation, ""), Marks.Read(there.PodAnnotations, Marks.Incarnation, ""));
            Assert.True(now >= was);
            Assert.True(isStart || now > incarnation || now is 0 || there.Replicas is 0);
            Assert.True(there.Replicas is 0 || now > Marks.Read(there.Annotations, Marks.Stopped, ""));
        }
    });

    private static Workload Obey(Workload there, long incarnation, bool isStart)
    {
        System.Text.Json.Nodes.JsonObject? patch;
        try
        {
            patch = isStart ? WorkloadOrders.Start(there, Order with { Incarnation = incarnation }) : WorkloadOrders.Stop(there, new AgentStop(Id, "", incarnation));
        }
        catch (InvalidOperationException)
        {
            return there;
        }

        return patch is null ? there : there with
        {
            Replicas = (int?)patch["spec"]!["replicas"] ?? there.Replicas,
            Annotations = patch["metadata"]!["annotations"] is { } own ? new Dictionary<string, string> { [Marks.Stopped] = (string)own[Marks.Stopped]! } : there.Annotations,
            PodAnnotations = patch["spec"]!["template"] is { } template ? new Dictionary<string, string> { [Marks.Incarnation] = (string)template["metadata"]!["annotations"]![Marks.Incarnation]! } : there.PodAnnotations,
        };
    }

    private static Workload At(long there, long stopped = 0, int replicas = 1) => Labelled with
    {
        Replicas = replicas,
        Annotations = stopped is 0 ? new Dictionary<string, string>() : new Dictionary<string, string> { [Marks.Stopped] = Marks.Number(stopped) },
        PodAnnotations = there is 0 ? new Dictionary<string, string>() : new Dictionary<string, string> { [Marks.Incarnation] = Marks.Number(there) },
    };

    private static void Refused(string expected, Workload workload) =>
        Assert.Equal(expected, Assert.Throws<InvalidOperationException>(() => WorkloadOrders.Start(workload, Order)).Message);
}
