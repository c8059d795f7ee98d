using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using OrleansHealing.Silo.Healing;

namespace OrleansHealing.Silo.Health;

/// <summary>When a real silo says that nobody should be sent to it.</summary>
public sealed class ReadinessTests
{
    // The store's own patience; who asks for readiness has less.
    private static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Health_StoreHangsOrBodiesPileUp_IsUnhealthyForThatAndNothingElse()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var cluster = await SiloCluster.StartOnAsync(
            redis.ConnectionString, silos: 1, SiloProgram.WithFaultyKinds, $"--Healing:StoreTimeout={StoreTimeout}", "--Healing:MaxAbandonedBodies=1");
        using var http = new HttpClient();

        await redis.FreezeAsync();
        var asked = Stopwatch.GetTimestamp();
        var (status, checks) = await AskAsync();
        var waited = Stopwatch.GetElapsedTime(asked);
        await redis.ThawAsync();
        Assert.Equal((503, "unhealthy", "the store does not answer"), (status, checks["store"].Status, checks["store"].Message));
        Assert.True(waited < StoreTimeout, $"It took {waited} to say that the store does not answer.");
        Assert.Equal(["healthy", "healthy"], [checks["silo"].Status, checks["bodies"].Status]);
        await cluster.AnswersAsync(cluster.Silos[0], "/health", 200);

        await cluster.SpawnAsync("stubborn", "ignores-cancellation", new { afterSeconds = 0.1 }, new { stopSeconds = 0.2 });
        await cluster.SeeAgentAsync("stubborn", "to be at work", a => a is { Incarnation: 1, Status: "healthy" } && a.Shown() == 1);
        await cluster.PostAsync("/agents/stubborn/restart");
        await cluster.AnswersAsync(cluster.Silos[0], "/health", 503);
        (_, checks) = await AskAsync();
        Assert.Equal(("unhealthy", "1 abandoned bodies still run, and 1 are too many: replace this silo"), (checks["bodies"].Status, checks["bodies"].Message));
        Assert.Equal((1, 1), (checks["bodies"].Figures.GetProperty("abandoned").GetInt32(), checks["bodies"].Figures.GetProperty("tooMany").GetInt32()));
        Assert.Equal(["healthy", "healthy"], [checks["silo"].Status, checks["store"].Status]);
        await cluster.AnswersAsync(cluster.Silos[0], "/alive", 200);

        async Task<(int Status, Dictionary<string, CheckSeen> Checks)> AskAsync()
        {
            using var response = await http.GetAsync($"{cluster.Silos[0].Url}/health", TestContext.Current.CancellationToken);
            var health = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
            return ((int)response.StatusCode, health.GetProperty("checks").EnumerateObject().ToDictionary(c => c.Name, c => new CheckSeen(
                c.Value.GetProperty("status").GetString()!, c.Value.GetProperty("message").GetString()!, c.Value.GetProperty("figures"))));
        }
    }

    private sealed record CheckSeen(string Status, string Message, JsonElement Figures);
}
