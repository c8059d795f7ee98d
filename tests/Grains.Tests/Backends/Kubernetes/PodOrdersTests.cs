using k8s.Models;
using OrleansHealing.Agents;
using OrleansHealing.Backends;
using OrleansHealing.Backends.Kubernetes;
using OrleansHealing.Hosting;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Backends.Kubernetes;

public sealed class PodOrdersTests
{
    private static readonly AgentId Id = AgentId.Parse("poller");
    private static readonly AgentStart Order = new()
    {
        Definition = new AgentDefinition { Id = Id, Kind = KubernetesAgentExtensions.Kind },
        Policy = Given.Policy,
        Incarnation = 7,
        FirstIncarnation = 3,
    };

    [Theory]
    [InlineData(null, "Running", nameof(PodOrders.Step.Mark))]
    [InlineData(null, "Pending", nameof(PodOrders.Step.Mark))]
    [InlineData(null, "Failed", nameof(PodOrders.Step.Delete))]
    [InlineData("6", "Running", nameof(PodOrders.Step.Delete))]
    [InlineData("7", "Running", nameof(PodOrders.Step.Nothing))]
    public void Start_OfAPod_MarksANewOneAndReplacesAnOlderOne(string? incarnation, string phase, string expected) =>
        Assert.Equal(expected, PodOrders.Start(PodOf("ReplicaSet", incarnation, phase), Order).ToString());

    [Fact]
    public void Start_OlderThanThePod_IsRefused() => Assert.Equal(
        "The pod 'poller-x' in namespace 'agents' is incarnation 8 already.",
        Assert.Throws<InvalidOperationException>(() => PodOrders.Start(PodOf("ReplicaSet", "8"), Order)).Message);

    /// <summary>What the API shows of it is only an image: deleting that ends nothing, and nothing new would come.</summary>
    [Fact]
    public void Start_OfAStaticPod_IsRefused() => Assert.Contains(
        "has no controller that would make it again",
        Assert.Throws<InvalidOperationException>(() => PodOrders.Start(PodOf("Node", "6"), Order)).Message, StringComparison.Ordinal);

    [Fact]
    public void Mark_OfAPod_NamesTheVersionThatItWasDecidedOn() => Assert.Equal(
        """{"metadata":{"resourceVersion":"41","annotations":{"orleans-healing/agent":"poller","orleans-healing/incarnation":"7","orleans-healing/first-incarnation":"3","orleans-healing/previous-failure":null,"orleans-healing/traceparent":null}}}""",
        PodOrders.Mark(PodOf("StatefulSet", null), Order).ToJsonString());

    [Theory]
    [InlineData(null, false)]
    [InlineData("6", true)]
    [InlineData("7", true)]
    [InlineData("8", false)]
    public void IsToStop_OfAPod_IsWhatTheOrderOrOneBeforeItStarted(string? incarnation, bool expected)
    {
        var stop = new AgentStop(Id, KubernetesAgentExtensions.Kind, 7);

        Assert.Equal(expected, PodOrders.IsToStop(PodOf("StatefulSet", incarnation), stop));
        var leaving = PodOf("StatefulSet", incarnation);
        leaving.Metadata.DeletionTimestamp = Given.Now.UtcDateTime;
        Assert.False(PodOrders.IsToStop(leaving, stop));
    }

    private static V1Pod PodOf(string owner, string? incarnation, string phase = "Running") => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = "poller-x",
            NamespaceProperty = "agents",
            ResourceVersion = "41",
            Labels = new Dictionary<string, string> { [AgentLabel.Name] = "poller" },
            Annotations = incarnation is null ? null : new Dictionary<string, string> { [Marks.Incarnation] = incarnation },
            OwnerReferences = [new V1OwnerReference { Kind = owner, Name = "its-owner", Controller = true, ApiVersion = "v1", Uid = "1" }],
        },
        Status = new V1PodStatus { Phase = phase },
    };
}
