using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace OrleansHealing.Tests.Backends.Kubernetes.Fake;

/// <summary>What makes pods of workloads, as far as workloads of one pod go: looks at all of them after each change.</summary>
internal sealed class Controllers(ObjectStore store) : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private Task _work = Task.CompletedTask;

    public void Begin() => _work = Task.Run(WorkAsync);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _work;
        _end.Dispose();
    }

    private async Task WorkAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            var changed = store.Changed;
            try
            {
                CollectOrphans();
                store.List(ResourceType.Deployments).ToList().ForEach(Deploy);
                store.List(ResourceType.ReplicaSets).ToList().ForEach(Replicate);
                store.List(ResourceType.StatefulSets).ToList().ForEach(KeepStateful);
            }
            catch (ApiFault)
            {
                // Somebody was quicker. That is a change, after which all is looked at again.
            }

            await Task.WhenAny(changed, Task.Delay(Timeout.Infinite, _end.Token));
        }
    }

    private void CollectOrphans()
    {
        var owners = store.List(ResourceType.Deployments).Concat(store.List(ResourceType.ReplicaSets)).Concat(store.List(ResourceType.StatefulSets)).Select(Uid).ToHashSet();
        foreach (var type in new[] { ResourceType.ReplicaSets, ResourceType.Pods })
        {
            foreach (var item in store.List(type).Where(i => OwnerOf(i) is { } owner && !owners.Contains(owner) && !IsLeaving(i)))
            {
                store.Delete(type, Space(item), Name(item), null);
            }
        }
    }

    private void Deploy(JsonObject deployment)
    {
        var template = (JsonObject)deployment["spec"]!["template"]!;
        var replicas = (long)deployment["spec"]!["replicas"]!;
        var all = store.List(ResourceType.ReplicaSets, Space(deployment)).Where(r => OwnerOf(r) == Uid(deployment)).ToList();
        var revision = Revision(template);
        var current = all.Find(r => (string?)r["metadata"]!["labels"]!["pod-template-hash"] == revision);
        var old = all.Where(r => r != current).ToList();
        if ((bool?)deployment["spec"]!["paused"] is true)
        {
            all.Where(r => (long)r["spec"]!["replicas"]! > 0 || all.Count is 1).ToList().ForEach(r => Scale(r, replicas));
            return;
        }

        var isRecreate = (string?)deployment["spec"]!["strategy"]!["type"] is "Recreate";
        if (isRecreate)
        {
            old.ForEach(r => Scale(r, 0));
            if (old.Any(r => PodsOf(r).Any(p => !IsOver(p))))
            {
                return;
            }
        }

        if (current is null)
        {
            current = store.Create(ResourceType.ReplicaSets, Space(deployment), SetOf(deployment, template, revision, replicas));
        }
        else
        {
            Scale(current, replicas);
        }

        if (!isRecreate && (MayBeUnavailable(deployment) || PodsOf(current).Any(IsReady)))
        {
            old.ForEach(r => Scale(r, 0));
        }

        var pods = PodsOf(current);
        store.Update(ResourceType.Deployments, Space(deployment), Name(deployment), d =>
        {
            d["status"] = new JsonObject
            {
                ["observedGeneration"] = d["metadata"]!["generation"]!.DeepClone(),
                ["replicas"] = pods.Count + old.Sum(o => PodsOf(o).Count),
                ["updatedReplicas"] = pods.Count,
                ["readyReplicas"] = pods.Count(IsReady),
                ["availableReplicas"] = pods.Count(IsReady),
            };
            return d;
        });
    }

    private void Replicate(JsonObject set)
    {
        var pods = PodsOf(set).Where(p => !IsLeaving(p) && !IsOver(p)).ToList();
        var wanted = (int)(long)set["spec"]!["replicas"]!;
        for (var missing = wanted - pods.Count; missing > 0; missing--)
        {
            store.Create(ResourceType.Pods, Space(set), PodOf(set, (JsonObject)set["spec"]!["template"]!, generateName: $"{Name(set)}-"));
        }

        foreach (var pod in pods.Skip(wanted))
        {
            store.Delete(ResourceType.Pods, Space(pod), Name(pod), null);
        }
    }

    private void KeepStateful(JsonObject set)
    {
        var template = (JsonObject)set["spec"]!["template"]!;
        var wanted = (long)set["spec"]!["replicas"]! > 0;
        var isInOrder = (string?)set["spec"]!["podManagementPolicy"] is not "Parallel";
        var isRolling = (string?)set["spec"]!["updateStrategy"]!["type"] is "RollingUpdate" && (long?)set["spec"]!["updateStrategy"]!["rollingUpdate"]?["partition"] is not > 0;
        if (PodsOf(set) is not [var pod])
        {
            if (wanted)
            {
                store.Create(ResourceType.Pods, Space(set), PodOf(set, template, name: $"{Name(set)}-0"));
            }
        }
        else if (!IsLeaving(pod) && (!wanted || IsOver(pod)
            || (isRolling && (IsReady(pod) || !isInOrder) && (string?)pod["metadata"]!["labels"]!["controller-revision-hash"] != Revision(template))))
        {
            store.Delete(ResourceType.Pods, Space(pod), Name(pod), null);
        }
    }

    private void Scale(JsonObject set, long replicas) => store.Update(ResourceType.ReplicaSets, Space(set), Name(set), s =>
    {
        s["spec"]!["replicas"] = replicas;
        return s;
    });

    private List<JsonObject> PodsOf(JsonObject owner) => [.. store.List(ResourceType.Pods, Space(owner)).Where(p => OwnerOf(p) == Uid(owner))];

    private static JsonObject SetOf(JsonObject deployment, JsonObject template, string revision, long replicas)
    {
        template = (JsonObject)template.DeepClone();
        (template["metadata"] ??= new JsonObject())["labels"] ??= new JsonObject();
        template["metadata"]!["labels"]!["pod-template-hash"] = revision;
        return new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = $"{Name(deployment)}-{revision}",
                ["labels"] = template["metadata"]!["labels"]!.DeepClone(),
                ["ownerReferences"] = Owner(deployment),
            },
            ["spec"] = new JsonObject { ["replicas"] = replicas, ["template"] = template },
        };
    }

    private static JsonObject PodOf(JsonObject owner, JsonObject template, string? name = null, string? generateName = null)
    {
        var metadata = (JsonObject?)template["metadata"]?.DeepClone() ?? [];
        metadata["name"] = name;
        metadata["generateName"] = generateName;
        metadata["ownerReferences"] = Owner(owner);
        metadata["labels"] ??= new JsonObject();
        metadata["labels"]![name is null ? "pod-template-hash" : "controller-revision-hash"] ??= Revision(template);
        foreach (var empty in metadata.Where(m => m.Value is null).Select(m => m.Key).ToList())
        {
            metadata.Remove(empty);
        }

        return new JsonObject { ["metadata"] = metadata, ["spec"] = template["spec"]!.DeepClone(), ["status"] = new JsonObject { ["phase"] = "Pending" } };
    }

    private static JsonArray Owner(JsonObject owner) => new(new JsonObject
    {
        ["apiVersion"] = owner["apiVersion"]!.DeepClone(),
        ["kind"] = owner["kind"]!.DeepClone(),
        ["name"] = Name(owner),
        ["uid"] = Uid(owner),
        ["controller"] = true,
        ["blockOwnerDeletion"] = true,
    });

    private static string Revision(JsonObject template) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(template.ToJsonString())))[..10];

    // Of one: a share is rounded down, as the real one does.
    private static bool MayBeUnavailable(JsonObject deployment) =>
        deployment["spec"]!["strategy"]!["rollingUpdate"]?["maxUnavailable"]?.ToString() is "1" or "100%";

    private static bool IsReady(JsonObject pod) => !IsLeaving(pod) && (pod["status"]!["conditions"] as JsonArray ?? []).Any(c => (string?)c!["type"] is "Ready" && (string?)c["status"] is "True");

    private static bool IsOver(JsonObject pod) => (string?)pod["status"]!["phase"] is "Succeeded" or "Failed";

    private static bool IsLeaving(JsonObject item) => item["metadata"]!["deletionTimestamp"] is not null;

    private static string? OwnerOf(JsonObject item) => (item["metadata"]!["ownerReferences"] as JsonArray)?.Where(o => (bool?)o!["controller"] is true).Select(o => (string?)o!["uid"]).FirstOrDefault();

    private static string Uid(JsonObject item) => (string)item["metadata"]!["uid"]!;

    private static string Name(JsonObject item) => (string)item["metadata"]!["name"]!;

    private static string Space(JsonObject item) => (string)item["metadata"]!["namespace"]!;
}
