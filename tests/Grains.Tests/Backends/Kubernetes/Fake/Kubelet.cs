using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace OrleansHealing.Tests.Backends.Kubernetes.Fake;

/// <summary>Runs the first container of each pod as a task of the test, found by its image.</summary>
internal sealed class Kubelet(ObjectStore store) : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _running = new();
    private Task _work = Task.CompletedTask;

    /// <summary>What containers of an image do until they are told to leave.</summary>
    public ConcurrentDictionary<string, Func<Container, CancellationToken, Task>> Images { get; } = new();

    /// <summary>Names of pods whose node is lost: nobody ends them, and nobody says that they ended.</summary>
    public ConcurrentDictionary<string, bool> Lost { get; } = new();

    /// <summary>Names of pods that never get ready.</summary>
    public ConcurrentDictionary<string, bool> Unready { get; } = new();

    /// <summary>A container as its program sees it.</summary>
    /// <param name="Pod">The name of its pod.</param>
    /// <param name="Environment">Its variables, settled when it started.</param>
    /// <param name="Annotation">What the file of an annotation in its downward API volume says now.</param>
    public sealed record Container(string Pod, IReadOnlyDictionary<string, string> Environment, Func<string, string?> Annotation);

    public void Begin() => _work = Task.Run(WorkAsync);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _work;
        foreach (var container in _running.Values)
        {
            await container.CancelAsync();
        }

        _end.Dispose();
    }

    private async Task WorkAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            var changed = store.Changed;
            foreach (var pod in store.List(ResourceType.Pods).Where(p => !Lost.ContainsKey((string)p["metadata"]!["name"]!)))
            {
                var uid = (string)pod["metadata"]!["uid"]!;
                if (pod["metadata"]!["deletionTimestamp"] is not null)
                {
                    await (_running.TryGetValue(uid, out var container) ? container.CancelAsync() : Task.Run(() => Forget(pod)));
                }
                else if (!_running.ContainsKey(uid) && (string?)pod["status"]?["phase"] is "Pending")
                {
                    _running[uid] = new CancellationTokenSource();
                    _ = RunAsync(pod, _running[uid].Token);
                }
            }

            await Task.WhenAny(changed, Task.Delay(Timeout.Infinite, _end.Token));
        }
    }

    private async Task RunAsync(JsonObject pod, CancellationToken told)
    {
        var (name, uid) = ((string)pod["metadata"]!["name"]!, (string)pod["metadata"]!["uid"]!);
        var spec = pod["spec"]!["containers"]![0]!;
        var container = new Container(name, EnvironmentOf(pod, spec), annotation => (string?)Current(pod)?["metadata"]!["annotations"]?[annotation]);
        Say(pod, "Running", !Unready.ContainsKey(name));
        var body = Task.Run(() => Images.TryGetValue((string)spec["image"]!, out var image) ? image(container, told) : Task.Delay(Timeout.Infinite, told), CancellationToken.None);
        await Task.WhenAny(body, Task.Delay(Timeout.Infinite, told));
        if (!told.IsCancellationRequested)
        {
            // It left by itself, and will be started again in its place some time: not in a test.
            Say(pod, "Running", isReady: false);
            await Task.WhenAny(Task.Delay(Timeout.Infinite, told));
        }

        if (_end.IsCancellationRequested || Lost.ContainsKey(name))
        {
            return;
        }

        var grace = (long?)Current(pod)?["metadata"]!["deletionGracePeriodSeconds"] ?? 30;
        await Task.WhenAny(body, Task.Delay(TimeSpan.FromSeconds(grace), _end.Token));
        _running.TryRemove(uid, out _);
        Forget(pod);
    }

    private JsonObject? Current(JsonObject pod) =>
        store.Find(ResourceType.Pods, (string)pod["metadata"]!["namespace"]!, (string)pod["metadata"]!["name"]!) is { } there
        && (string?)there["metadata"]!["uid"] == (string?)pod["metadata"]!["uid"] ? there : null;

    private void Forget(JsonObject pod)
    {
        var (space, name, uid) = ((string)pod["metadata"]!["namespace"]!, (string)pod["metadata"]!["name"]!, (string)pod["metadata"]!["uid"]!);
        try
        {
            store.Delete(ResourceType.Pods, space, name, new JsonObject { ["gracePeriodSeconds"] = 0L, ["preconditions"] = new JsonObject { ["uid"] = uid } });
        }
        catch (ApiFault gone) when (gone.Code is 404 or 409)
        {
            // Forgotten already, by the end of its container or by the look at all pods; it may have a successor of the same name.
        }
    }

    private void Say(JsonObject pod, string phase, bool isReady)
    {
        if (Current(pod) is not null)
        {
            store.Update(ResourceType.Pods, (string)pod["metadata"]!["namespace"]!, (string)pod["metadata"]!["name"]!, p =>
            {
                p["status"] = new JsonObject
                {
                    ["phase"] = phase,
                    ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = isReady ? "True" : "False" }),
                };
                return p;
            });
        }
    }

    /// <summary>Values as they are, and fields of the pod by the downward API: <c>metadata.annotations['NAME']</c>, empty where there is none.</summary>
    private static Dictionary<string, string> EnvironmentOf(JsonObject pod, JsonNode container) => (container["env"] as JsonArray ?? []).ToDictionary(
        e => (string)e!["name"]!,
        e => (string?)e!["value"] ?? ((string?)e["valueFrom"]?["fieldRef"]?["fieldPath"])?.Split('\'') switch
        {
            ["metadata.annotations[", var key, "]"] => (string?)pod["metadata"]!["annotations"]?[key] ?? "",
            ["metadata.labels[", var key, "]"] => (string?)pod["metadata"]!["labels"]?[key] ?? "",
            ["metadata.name"] => (string)pod["metadata"]!["name"]!,
            _ => "",
        },
        StringComparer.Ordinal);
}
