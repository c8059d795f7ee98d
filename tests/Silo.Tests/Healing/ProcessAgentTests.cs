using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace OrleansHealing.Silo.Healing;

/// <summary>Agents that are processes, on real silos: their work is exact through kills of the process and of its silo, and nobody is left over.</summary>
public sealed class ProcessAgentTests
{
    private const string Enabled = "--Healing:ProcessAgents:Enabled=true";
    private const string Key = "0123456789abcdef-of-the-operator";

    // Killed on purpose and over and over: it is not the waits that are tried.
    private static readonly object Tireless = new
    {
        restart = "transient",
        maxRestarts = 10_000,
        heartbeatSeconds = 0.2,
        timeoutSeconds = 3.0,
        backoff = new { baseSeconds = 0.05, maxSeconds = 0.1 },
    };

    private readonly string _mark = $"TEST_MARK={Guid.NewGuid():N}";

    [Theory]
    [InlineData(StoreKind.Redis, 5, 1, 60_000)]
    [InlineData(StoreKind.Embedded, 50, 2, 600_000, Explicit = true)]
    public async Task PythonAgent_KilledOverAndOverAndMovedBySiloKills_EndsWithExactTotalsAndLeavesNoOrphan(StoreKind store, int kills, int siloKills, long numbers)
    {
        var command = ProcessSamples.Command("worker.py");
        await using var cluster = await SiloCluster.StartAsync(store, silos: siloKills + 1, Enabled, SiloCluster.NoMoves, $"--Healing:Dashboard:ApiKeys=ada:{Key}");
        cluster.ApiKey = Key;
        await SpawnAsync(cluster, "adder", [.. command, $"{numbers}", "--per-second", "4000", "--every", "100", "--crash", "0.002"]);
        var groups = new HashSet<int>();
        for (var kill = 1; kill <= kills; kill++)
        {
            var (agent, pid) = await AtWorkAsync(cluster, "adder");
            groups.Add(pid);
            await Signals.SendAsync("KILL", pid);
            await cluster.SeeAgentAsync("adder", $"to go on after kill {kill}", a => a.Incarnation > agent.Incarnation);
            if (kill % (kills / siloKills) == 0)
            {
                groups.Add(await KillSiloAsync(cluster, "adder", isFrozen: kill == kills));
            }
        }

        var completed = await Eventually.SeeAsync("the adder to be completed", () => cluster.AgentAsync("adder"), a => a.Status == "completed", TimeSpan.FromMinutes(5));
        Assert.Equal((numbers, numbers * (numbers + 1) / 2), (completed.Progress.GetProperty("done").GetInt64(), completed.Progress.GetProperty("sum").GetInt64()));
        Assert.InRange(completed.Restarts, kills + siloKills, long.MaxValue);
        Assert.Empty(AgentProcesses.Of(_mark));
        await Eventually.SeeAsync("no guardian", () => Task.FromResult(AgentProcesses.GuardiansOf(groups)), all => all.Count is 0);
    }

    [Theory]
    [InlineData("worker.py")]
    [InlineData("worker.sh")]
    [InlineData("worker.mjs", Explicit = true)]
    public async Task Worker_OfAnyLanguage_IsTheSameToTheFleet(string file)
    {
        var command = ProcessSamples.Command(file);
        await using var cluster = await SiloCluster.StartAsync(StoreKind.Redis, silos: 2, Enabled, SiloCluster.NoMoves, $"--Healing:Dashboard:ApiKeys=ada:{Key}");
        cluster.ApiKey = Key;
        var arguments = file is "worker.py" ? (string[])["40", "--per-second", "10", "--every", "1"] : ["40"];
        await SpawnAsync(cluster, "worker", [.. command, .. arguments]);
        var first = await cluster.SeeAgentAsync("worker", "to have saved", a => Done(a) > 3);
        var pid = AgentProcesses.Of(_mark, first.Incarnation)[0];

        await Signals.SendAsync("KILL", pid);

        var second = await cluster.SeeAgentAsync("worker", "to go on", a => a.Incarnation == first.Incarnation + 1 && Done(a) > Done(first));
        var failure = (await cluster.GetAsync("/agents/worker")).GetProperty("lastFailure");
        Assert.Equal("crashed", failure.GetProperty("reason").GetString());
        Assert.Contains("was killed by SIGKILL (status 137)", failure.GetProperty("message").GetString(), StringComparison.Ordinal);
        await ZombieIsRefusedAsync(cluster, first.Incarnation);
        await IsHeardFromAnySiloAsync(cluster, second.Incarnation);
        Assert.Equal(40, Done(await cluster.SeeAgentAsync("worker", "to be completed", a => a.Status == "completed")));
    }

    [Fact]
    public async Task Pause_OfAProcess_EndsItInGoodOrderAndItsFailureSaysWhatItLastSaid()
    {
        await using var cluster = await SiloCluster.StartAsync(StoreKind.Embedded, silos: 1, Enabled);
        var left = Path.Combine(cluster.Root, "left");
        await SpawnAsync(cluster, "worker", ["sh", "-c", $"trap 'echo $HEALING_INCARNATION >> {left}; exit 0' TERM; while :; do sleep 0.1; done"]);
        await SpawnAsync(cluster, "faulty", ["sh", "-c", "echo the disk is full >&2; exit 4"], new { maxRestarts = 1 });
        var worker = await cluster.SeeAgentAsync("worker", "to be healthy", a => a.Status == "healthy");
        await Eventually.SeeAsync("its process", () => Task.FromResult(AgentProcesses.Of(_mark, worker.Incarnation)), all => all.Count > 0);

        await cluster.PostAsync("/agents/worker/pause");

        await Eventually.TrueAsync("the process to leave", () => File.Exists(left) && AgentProcesses.Of(_mark).Count is 0);
        Assert.Equal($"{worker.Incarnation}", File.ReadAllText(left).Trim());
        await cluster.SeeAgentAsync("faulty", "to be quarantined", a => a.Status == "quarantined");
        var failure = (await cluster.GetAsync("/agents/faulty")).GetProperty("lastFailure");
        Assert.Equal(
            ("crashed", "ProcessFailedException: The process exited with code 4; it last said on stderr: the disk is full"),
            (failure.GetProperty("reason").GetString(), failure.GetProperty("message").GetString()));
        Assert.Contains("faulty says on stderr: the disk is full", cluster.Silos[0].Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Spawn_WhereProcessesAreNotEnabled_IsRefused()
    {
        await using var cluster = await SiloCluster.StartAsync(StoreKind.Embedded, silos: 1);

        using var answer = await cluster.SendAsync(HttpMethod.Post, "/agents", new { id = "shell", kind = "process", settings = new { command = "sh" } });

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("must be a registered kind", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static long Done(AgentSeen agent) =>
        agent.Progress is { ValueKind: JsonValueKind.Object } && agent.Progress.TryGetProperty("done", out var done) ? done.GetInt64() : 0;

    private async Task SpawnAsync(SiloCluster cluster, string id, string[] command, object? policy = null)
    {
        var environment = new Dictionary<string, string> { [_mark.Split('=')[0]] = _mark.Split('=')[1] };
        await cluster.SpawnAsync(id, "process", new { command = command[0], arguments = command[1..], environment }, policy ?? Tireless);
    }

    /// <summary>Its incarnation, and the process that does its work: Python itself, which is the only one.</summary>
    private async Task<(AgentSeen Agent, int Pid)> AtWorkAsync(SiloCluster cluster, string id)
    {
        while (true)
        {
            var agent = await cluster.SeeAgentAsync(id, "to be at work", a => a.Status is "healthy" or "completed");
            Assert.True(agent.Status is "healthy", "The work was done before it was killed often enough.");
            var pids = AgentProcesses.Of(_mark, agent.Incarnation);
            if (pids.Count is 1)
            {
                return (agent, pids[0]);
            }

            // It crashed just now, as it was asked to, or is only beginning.
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>kill -9 of the silo that it is on, which may be frozen before; its process dies with it, and it goes on elsewhere.</summary>
    /// <returns>The group of the process.</returns>
    private async Task<int> KillSiloAsync(SiloCluster cluster, string id, bool isFrozen)
    {
        var (agent, pid) = await AtWorkAsync(cluster, id);
        var silo = cluster.Silo(agent.Silo!);
        if (isFrozen)
        {
            await silo.FreezeAsync();
        }

        await silo.KillAsync();

        await Eventually.SeeAsync(
            $"process {pid} of incarnation {agent.Incarnation} to die with {silo.Name}", () => Task.FromResult(AgentProcesses.Of(_mark, agent.Incarnation)), all => all.Count is 0);
        await cluster.SeeAgentAsync(id, "to go on on another silo", a => a.Incarnation > agent.Incarnation && a.Silo is not null && a.Silo != silo.Name);
        return pid;
    }

    private static async Task ZombieIsRefusedAsync(SiloCluster cluster, long incarnation)
    {
        (HttpMethod Method, string Path, object? Body)[] attempts =
        [
            (HttpMethod.Put, "/agents/worker/checkpoint", new { incarnation, state = 1_000_000 }),
            (HttpMethod.Get, $"/agents/worker/checkpoint?incarnation={incarnation}", null),
            (HttpMethod.Post, "/agents/worker/heartbeat", new { incarnation, progress = new { done = 1_000_000 } }),
        ];
        foreach (var (method, path, body) in attempts)
        {
            using var answer = await cluster.SendAsync(method, path, body);
            Assert.Equal((path, HttpStatusCode.Conflict), (path, answer.StatusCode));
        }
    }

    /// <summary>Who calls another silo than the one that the process is on is served as well.</summary>
    private static async Task IsHeardFromAnySiloAsync(SiloCluster cluster, long incarnation)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("X-Api-Key", Key);
        foreach (var silo in cluster.Silos)
        {
            using var beat = await http.PostAsJsonAsync(
                $"{silo.Url}/api/v1/agents/worker/heartbeat", new { incarnation, expectedSilenceSeconds = 1 }, TestContext.Current.CancellationToken);
            using var state = await http.GetAsync(
                string.Create(CultureInfo.InvariantCulture, $"{silo.Url}/api/v1/agents/worker/checkpoint?incarnation={incarnation}"), TestContext.Current.CancellationToken);
            Assert.Equal((silo.Name, HttpStatusCode.OK, HttpStatusCode.OK), (silo.Name, beat.StatusCode, state.StatusCode));
        }
    }
}
