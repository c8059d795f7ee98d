using System.Text.Json.Nodes;

namespace OrleansHealing.Backends.Kubernetes;

/// <summary>What an order changes of a workload. Pure. A patch names the version that it was decided on, so of two at once one is refused.</summary>
internal static class WorkloadOrders
{
    /// <summary>The merge patch that starts an incarnation; null when that was done already.</summary>
    /// <exception cref="InvalidOperationException">It may not be touched, cannot be rolled, or the order is older than another one.</exception>
    public static JsonObject? Start(Workload workload, AgentStart start)
    {
        Marks.Require(workload.Labels, start.Definition.Id, workload.ToString(), workload.Name.ToString(), workload.Namespace);
        var there = Marks.Read(workload.PodAnnotations, Marks.Incarnation, workload);
        var stopped = Marks.Read(workload.Annotations, Marks.Stopped, workload);
        if (there > start.Incarnation || stopped >= start.Incarnation)
        {
            throw new InvalidOperationException(there > start.Incarnation
                ? $"The {workload} was given incarnation {there} already. If the fleet began anew, take the annotation {Marks.Incarnation} out of its pod template."
                : $"The {workload} was stopped for incarnation {stopped} already. If the fleet began anew, take the annotation {Marks.Stopped} out.");
        }

        if (workload.Replicas > 1)
        {
            throw new InvalidOperationException($"The {workload} has {workload.Replicas} replicas, and an agent is one: it must have 1 or 0.");
        }

        if (workload.Obstacle is { } obstacle)
        {
            throw new InvalidOperationException($"The {workload} cannot be restarted: {obstacle}.");
        }

        var spec = new JsonObject();
        if (there < start.Incarnation)
        {
            spec["template"] = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = Marks.Of(start) } };
        }

        if (workload.Replicas is 0)
        {
            spec["replicas"] = 1;
        }

        return spec.Count is 0 ? null : new JsonObject { ["metadata"] = VersionOf(workload), ["spec"] = spec };
    }

    /// <summary>The merge patch that stops an incarnation and anything older; null when there is nothing of it.</summary>
    /// <exception cref="InvalidOperationException">An annotation is no number.</exception>
    public static JsonObject? Stop(Workload workload, AgentStop stop)
    {
        var there = Marks.Read(workload.PodAnnotations, Marks.Incarnation, workload);
        if (there is 0 || there > stop.Incarnation || (workload.Replicas is 0 && Marks.Read(workload.Annotations, Marks.Stopped, workload) >= stop.Incarnation))
        {
            return null;
        }

        var metadata = VersionOf(workload);
        metadata["annotations"] = new JsonObject { [Marks.Stopped] = Marks.Number(stop.Incarnation) };
        return new JsonObject { ["metadata"] = metadata, ["spec"] = new JsonObject { ["replicas"] = 0 } };
    }

    private static JsonObject VersionOf(Workload workload) => new() { ["resourceVersion"] = workload.ResourceVersion };
}
