namespace OrleansHealing.Silo.Healing;

/// <summary>Processes that are killed, and whose silos are: their work is exact, and nobody is left over.</summary>
public sealed class ProcessKillTests
{
    private readonly HashSet<string> _marks = [];
    private readonly HashSet<string> _pipes = [];
    private readonly string _mark = $"TEST_MARK={Guid.NewGuid():N}";

    [Theory]
    [InlineData(StoreKind.Redis, 3, 1, 40_000)]
    [InlineData(StoreKind.Embedded, 50, 2, 400_000, Explicit = true)]
    public async Task PythonAgent_KilledOverAndOverAndMovedBySiloKills_EndsWithExactTotalsAndLeavesNoOrphan(StoreKind store, int kills, int siloKills, long numbers)
    {
        var command = ProcessSamples.Command("worker.py");
        await using var cluster = await ProcessSilos.StartAsync(store, silos: siloKills + 1);
        await ProcessSilos.SpawnAsync(cluster, _mark, "adder", [.. command, $"{numbers}", "--per-second", "4000", "--every", "100", "--crash", "0.002"]);
        for (var kill = 1; kill <= kills; kill++)
        {
            var (agent, pid) = await AtWorkAsync(cluster);
            await Signals.SendAsync("KILL", pid);
            await cluster.SeeAgentAsync("adder", $"to go on after kill {kill}", a => a.Incarnation > agent.Incarnation);
            if (kill % (kills / siloKills) == 0)
            {
                await KillSiloAsync(cluster, isFrozen: kill == kills);
            }
        }

        var completed = await Eventually.SeeAsync("the adder to be completed", () => cluster.AgentAsync("adder"), a => a.Status == "completed", TimeSpan.FromMinutes(5));
        Assert.Equal((numbers, numbers * (numbers + 1) / 2), (completed.Progress.GetProperty("done").GetInt64(), completed.Progress.GetProperty("sum").GetInt64()));
        Assert.InRange(completed.Restarts, kills + siloKills, long.MaxValue);
        Assert.Empty(AgentProcesses.Of(_mark));
        await Eventually.SeeAsync("no guardian", () => Task.FromResult(string.Join(' ', AgentProcesses.GuardiansOf(_marks))), seen => seen is "");
        await Eventually.SeeAsync("no pipe", () => Task.FromResult(string.Join(' ', _pipes.Where(Path.Exists))), seen => seen is "");
    }

    /// <summary>The web server of a silo stops before its agents are handed over; a process saves its last checkpoint all the same.</summary>
    [Fact(Explicit = true)]
    public async Task SiloStopped_InGoodOrder_ItsProcessSavesOverHttpWhileItLeaves()
    {
        var save = "curl -sf -X PUT --json \"{\\\"incarnation\\\":$HEALING_INCARNATION,\\\"state\\\":$HEALING_INCARNATION}\" -H \"Authorization: Bearer $HEALING_TOKEN\" \"$HEALING_URL/api/v1/agents/$HEALING_AGENT/checkpoint\"";
        await using var cluster = await ProcessSilos.StartAsync(StoreKind.Redis, silos: 1);
        await ProcessSilos.SpawnAsync(cluster, _mark, "leaver", ["sh", "-c", $"trap '{save}; exit 1' TERM; while :; do sleep 0.1; done"]);
        var first = await cluster.SeeAgentAsync("leaver", "to be healthy", a => a.Status == "healthy");
        await Eventually.TrueAsync("its process", () => AgentProcesses.Of(_mark, first.Incarnation).Count > 1);

        await cluster.Silos[0].StopAsync(TimeSpan.FromSeconds(40));

        Assert.Empty(AgentProcesses.Of(_mark));
        await cluster.AddSiloAsync(ProcessSilos.Options);
        var next = await cluster.SeeAgentAsync("leaver", "to go on", a => a.Status == "healthy" && a.Incarnation > first.Incarnation);
        Assert.Equal((0, null), (next.Failures, next.LastReason));
        Assert.Equal(first.Incarnation, (await cluster.GetAsync("/agents/leaver/checkpoint")).GetInt64());
    }

    /// <summary>Its incarnation, and the process that does its work: Python itself, which is the only one.</summary>
    private async Task<(AgentSeen Agent, int Pid)> AtWorkAsync(SiloCluster cluster)
    {
        while (true)
        {
            var agent = await cluster.SeeAgentAsync("adder", "to be at work", a => a.Status is "healthy" or "completed");
            Assert.True(agent.Status is "healthy", "The work was done before it was killed often enough.");
            if (AgentProcesses.Of(_mark, agent.Incarnation) is [var pid] && AgentProcesses.VariableOf(pid, "HEALING_RUN") is { } mark && AgentProcesses.VariableOf(pid, "HEALING_HEARTBEAT") is { } pipe)
            {
                _marks.Add(mark);
                _pipes.Add(Path.GetDirectoryName(pipe)!);
                return (agent, pid);
            }

            // It crashed just now, as it was asked to, or is only beginning.
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>kill -9 of the silo that it is on, which may be frozen before; its process dies with it, and it goes on elsewhere.</summary>
    private async Task KillSiloAsync(SiloCluster cluster, bool isFrozen)
    {
        var (agent, pid) = await AtWorkAsync(cluster);
        var silo = cluster.Silo(agent.Silo!);
        if (isFrozen)
        {
            await silo.FreezeAsync();
        }

        await silo.KillAsync();

        await Eventually.SeeAsync(
            $"process {pid} of incarnation {agent.Incarnation} to die with {silo.Name}", () => Task.FromResult(string.Join(' ', AgentProcesses.Of(_mark, agent.Incarnation))), seen => seen is "");
        await cluster.SeeAgentAsync("adder", "to go on on another silo", a => a.Incarnation > agent.Incarnation && a.Silo is not null && a.Silo != silo.Name);
    }
}
