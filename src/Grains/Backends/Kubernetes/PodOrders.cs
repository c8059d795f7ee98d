using System.Text.Json.Nodes;
using k8s.Models;

namespace OrleansHealing.Backends.Kubernetes;

/// <summary>What an order does with a pod. Pure.</summary>
internal static class PodOrders
{
    /// <summary>What is to be done with a pod.</summary>
    public enum Step
    {
        /// <summary>It is the incarnation.</summary>
        Nothing,

        /// <summary>It has no incarnation yet, and gets this one.</summary>
        Mark,

        /// <summary>It is an older one, and has to make room.</summary>
        Delete,
    }

    /// <summary>What starts an incarnation.</summary>
    /// <exception cref="InvalidOperationException">It may not be touched, nobody would make it again, or the order is older than another one.</exception>
    public static Step Start(V1Pod pod, AgentStart start)
    {
        var name = Describe(pod);
        Marks.Require(Marks.Read(pod.Metadata.Labels), start.Definition.Id, name, $"pod/{pod.Metadata.Name}", pod.Metadata.NamespaceProperty);
        if (!IsMadeAgain(pod))
        {
            throw new InvalidOperationException($"The {name} has no controller that would make it again: deleting it would be its end. Run it by a Deployment or a StatefulSet.");
        }

        var there = Marks.Read(Marks.Read(pod.Metadata.Annotations), Marks.Incarnation, name);
        return there > start.Incarnation ? throw new InvalidOperationException($"The {name} is incarnation {there} already.")
            : there == start.Incarnation ? Step.Nothing
            : there is 0 && !IsOver(pod) ? Step.Mark
            : Step.Delete;
    }

    /// <summary>Whether a stop ends it. Its controller makes another one, which waits for an incarnation.</summary>
    /// <exception cref="InvalidOperationException">An annotation is no number.</exception>
    public static bool IsToStop(V1Pod pod, AgentStop stop) =>
        Marks.Read(Marks.Read(pod.Metadata.Annotations), Marks.Incarnation, Describe(pod)) is > 0 and var there && there <= stop.Incarnation
        && !IsLeaving(pod) && IsMadeAgain(pod);

    /// <summary>The merge patch that makes it the incarnation.</summary>
    public static JsonObject Mark(V1Pod pod, AgentStart start) => new()
    {
        ["metadata"] = new JsonObject { ["resourceVersion"] = pod.Metadata.ResourceVersion, ["annotations"] = Marks.Of(start) },
    };

    /// <summary>Whether it has been deleted and is not gone yet.</summary>
    public static bool IsLeaving(V1Pod pod) => pod.Metadata.DeletionTimestamp is not null;

    /// <summary>Whether its containers have ended for good.</summary>
    public static bool IsOver(V1Pod pod) => pod.Status?.Phase is "Succeeded" or "Failed";

    /// <summary>The pod in words.</summary>
    public static string Describe(V1Pod pod) => $"pod '{pod.Metadata.Name}' in namespace '{pod.Metadata.NamespaceProperty}'";

    // A static pod is said to be its node's, which makes no other when this is deleted.
    private static bool IsMadeAgain(V1Pod pod) => pod.Metadata.OwnerReferences?.Any(o => o.Controller is true && o.Kind is not "Node") is true;
}
