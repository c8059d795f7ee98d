using OrleansHealing.Silo.Healing;

namespace OrleansHealing.Silo.Telemetry;

/// <summary>A trace that outlives who began it.</summary>
public sealed class LostSupervisorTraceTests
{
    private const string Agent = "caller";

    [Fact(Explicit = true)]
    public async Task Trace_WhoseSupervisorDiesDuringTheWait_GoesOnUnderTheNext()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var cluster = await SiloCluster.StartAsync(
            StoreKind.Embedded, silos: 3, SiloProgram.WithFaultyKinds with { Environment = receiver.Environment }, SiloCluster.NoMoves);
        await cluster.SpawnAsync(
            Agent, "calls-over-http", new { url = $"{receiver.Url}/called" }, new { heartbeatSeconds = 0.5, backoff = new { baseSeconds = 10.0 } });
        await cluster.SeeAgentAsync(Agent, "to be healthy", a => a is { Status: "healthy", Incarnation: 1 });
        await cluster.PostAsync($"/agents/{Agent}/crash", new { mode = "exception" });
        await cluster.SeeAgentAsync(Agent, "to beat as incarnation 2", a => a is { Status: "healthy", Incarnation: 2 });
        await cluster.PostAsync($"/agents/{Agent}/crash", new { mode = "exception" });
        await cluster.SeeAgentAsync(Agent, "to wait for incarnation 3", a => a is { Status: "backing-off", Incarnation: 2 });
        var failed = await SeeRoundAsync("failed");
        Assert.Equal(await cluster.SupervisorAsync(), failed.Silo);

        await cluster.Silo(failed.Silo).KillAsync();
        await cluster.SeeAgentAsync(Agent, "to beat as incarnation 3", a => a is { Status: "healthy", Incarnation: 3 });

        var (restarted, recovered) = (await SeeRoundAsync("restarting"), await SeeRoundAsync("recovered"));
        Assert.NotEqual(failed.Silo, restarted.Silo);
        Assert.Equal(restarted.Silo, recovered.Silo);
        Assert.All(["report_end", "back_off", "order_start", "start_incarnation", "first_beat"], name => Assert.Single(Trace(), s => s.Name == name));
        Assert.InRange(Trace().Single(s => s.Name == "back_off").Took, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60));

        async Task<SpanSeen> SeeRoundAsync(string what)
        {
            await Eventually.SeeAsync(
                $"'{what}' in the trace of incarnation 3", () => Task.FromResult(string.Join(", ", Trace())), _ => Trace().Any(s => s.Events.Contains(what)));
            return Trace().First(s => s.Events.Contains(what));
        }

        IReadOnlyList<SpanSeen> Trace()
        {
            var all = receiver.Spans;
            var report = all.FirstOrDefault(s => s.Name == "report_end" && s.Attributes["healing.agent.incarnation"] == "3");
            return [.. all.Where(s => s.Trace == report?.Trace)];
        }
    }
}
