using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace OrleansHealing.Silo.Healing;

/// <summary>Agents that are processes, on real silos, as their authors see them.</summary>
public sealed class ProcessAgentTests(ProcessSilos silos) : IClassFixture<ProcessSilos>
{
    private const int Steps = 25;
    private readonly string _mark = $"TEST_MARK={Guid.NewGuid():N}";

    private SiloCluster Cluster => silos.Cluster;

    [Theory]
    [InlineData("worker.py", "worker.sh")]
    [InlineData("worker.mjs", Explicit = true)]
    public Task Worker_OfAnyLanguage_GoesOnFromItsCheckpointAndIsFencedAndHeard(params string[] files) => Task.WhenAll(files.Select(KillOneAsync));

    [Fact]
    public async Task Pause_OfAProcess_EndsItInGoodOrder()
    {
        var left = Path.Combine(Cluster.Root, "left");
        await SpawnAsync("leaver", ["sh", "-c", $"trap 'echo $HEALING_INCARNATION >> {left}; exit 0' TERM; while :; do sleep 0.1; done"]);
        var leaver = await Cluster.SeeAgentAsync("leaver", "to be healthy", a => a.Status == "healthy");
        await Eventually.SeeAsync("its process", () => Task.FromResult(AgentProcesses.Of(_mark, leaver.Incarnation)), all => all.Count > 1);

        await Cluster.PostAsync("/agents/leaver/pause");

        await Eventually.TrueAsync("the process to leave", () => File.Exists(left) && AgentProcesses.Of(_mark).Count is 0);
        Assert.Equal($"{leaver.Incarnation}", File.ReadAllText(left).Trim());
    }

    [Fact]
    public async Task Failure_OfAProcess_SaysItsStatusAndWhatItLastSaid()
    {
        await SpawnAsync("faulty", ["sh", "-c", "echo the disk is full >&2; exit 4"], new { maxRestarts = 1 });

        var faulty = await Cluster.SeeAgentAsync("faulty", "to be quarantined", a => a.Status == "quarantined");

        Assert.Equal(("crashed", "ProcessFailedException: The process exited with code 4; it last said on stderr: the disk is full"), await LastFailureAsync("faulty"));
        Assert.Contains("faulty says on stderr: the disk is full", string.Concat(Cluster.Silos.Select(s => s.Output)), StringComparison.Ordinal);
        Assert.DoesNotContain(ProcessSilos.Key, string.Concat(Cluster.Silos.Select(s => s.Output)), StringComparison.Ordinal);
        Assert.Equal(1, faulty.Failures);
    }

    [Fact]
    public async Task Process_ThatDoesNotGetOn_IsStoppedAsStuckAndReplaced()
    {
        await SpawnAsync("stuck", ["sleep", "1000"], new { progressTimeoutSeconds = 1.0, heartbeatSeconds = 0.2, stopSeconds = 1.0 });
        var first = await Cluster.SeeAgentAsync("stuck", "to be healthy", a => a.Status == "healthy");

        var second = await Cluster.SeeAgentAsync("stuck", "to be replaced", a => a.Incarnation > first.Incarnation && a.LastReason is not null);

        Assert.Equal("stuck", second.LastReason);
        await Eventually.TrueAsync("the first process to end", () => AgentProcesses.Of(_mark, first.Incarnation).Count is 0);
        await Cluster.PostAsync("/agents/stuck/pause");
    }

    /// <summary>A silo that is cut off hears of it late; the process of a body that is fenced ends all the same.</summary>
    [Fact]
    public async Task Process_WhoseIncarnationIsFenced_IsEnded()
    {
        await SpawnAsync("fenced", ["sleep", "1000"], new { heartbeatSeconds = 0.2, timeoutSeconds = 1.0 });
        var first = await Cluster.SeeAgentAsync("fenced", "to be healthy", a => a.Status == "healthy");
        await Eventually.TrueAsync("its process", () => AgentProcesses.Of(_mark, first.Incarnation).Count is 1);

        await Cluster.PostAsync("/agents/fenced/crash", new { mode = "silent" });

        await Cluster.SeeAgentAsync("fenced", "to be replaced for silence", a => a is { Status: "healthy", LastReason: "silent" } && a.Incarnation > first.Incarnation);
        await Eventually.TrueAsync("the first process to end, and another to work", () =>
            AgentProcesses.Of(_mark, first.Incarnation).Count is 0 && AgentProcesses.Of(_mark).Count is 1);
        await Cluster.PostAsync("/agents/fenced/pause");
    }

    private async Task KillOneAsync(string file)
    {
        string[] pace = file is "worker.py" ? [$"{Steps}", "--per-second", "10", "--every", "1"] : [$"{Steps}"];
        await SpawnAsync(file, [.. ProcessSamples.Command(file), .. pace]);
        var first = await Cluster.SeeAgentAsync(file, "to have saved", a => Done(a) > 3);

        // Of several, as a shell with what it runs, the first.
        await Signals.SendAsync("KILL", AgentProcesses.Of($"HEALING_AGENT={file}", first.Incarnation).Min());

        var second = await Cluster.SeeAgentAsync(file, "to go on", a => a.Incarnation == first.Incarnation + 1 && Done(a) > Done(first));
        var (reason, message) = await LastFailureAsync(file);
        Assert.Equal("crashed", reason);
        Assert.Contains("was killed by SIGKILL (status 137)", message, StringComparison.Ordinal);
        await ZombieIsRefusedAsync(file, first.Incarnation);
        await IsHeardFromAnySiloAsync(file, second.Incarnation);
        Assert.Equal(Steps, Done(await Cluster.SeeAgentAsync(file, "to be completed", a => a.Status == "completed")));
        Assert.Empty(AgentProcesses.Of($"HEALING_AGENT={file}"));
    }

    private static long Done(AgentSeen agent) =>
        agent.Progress is { ValueKind: JsonValueKind.Object } && agent.Progress.TryGetProperty("done", out var done) ? done.GetInt64() : 0;

    private Task SpawnAsync(string id, string[] command, object? policy = null) => ProcessSilos.SpawnAsync(Cluster, _mark, id, command, policy);

    private async Task<(string? Reason, string? Message)> LastFailureAsync(string id)
    {
        var failure = (await Cluster.GetAsync($"/agents/{id}")).GetProperty("lastFailure");
        return (failure.GetProperty("reason").GetString(), failure.GetProperty("message").GetString());
    }

    private async Task ZombieIsRefusedAsync(string id, long incarnation)
    {
        (HttpMethod Method, string Path, object? Body)[] attempts =
        [
            (HttpMethod.Put, $"/agents/{id}/checkpoint", new { incarnation, state = 1_000_000 }),
            (HttpMethod.Get, $"/agents/{id}/checkpoint?incarnation={incarnation}", null),
            (HttpMethod.Post, $"/agents/{id}/heartbeat", new { incarnation, progress = new { done = 1_000_000 } }),
        ];
        foreach (var (method, path, body) in attempts)
        {
            using var answer = await Cluster.SendAsync(method, path, body);
            Assert.Equal((path, HttpStatusCode.Conflict), (path, answer.StatusCode));
        }
    }

    /// <summary>Who calls another silo than the one that the process is on is served as well.</summary>
    private async Task IsHeardFromAnySiloAsync(string id, long incarnation)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("X-Api-Key", ProcessSilos.Key);
        foreach (var silo in Cluster.Silos)
        {
            using var beat = await http.PostAsJsonAsync(
                $"{silo.Url}/api/v1/agents/{id}/heartbeat", new { incarnation, expectedSilenceSeconds = 1 }, TestContext.Current.CancellationToken);
            using var state = await http.GetAsync(
                string.Create(CultureInfo.InvariantCulture, $"{silo.Url}/api/v1/agents/{id}/checkpoint?incarnation={incarnation}"), TestContext.Current.CancellationToken);
            Assert.Equal((silo.Name, HttpStatusCode.OK, HttpStatusCode.OK), (silo.Name, beat.StatusCode, state.StatusCode));
        }
    }
}
