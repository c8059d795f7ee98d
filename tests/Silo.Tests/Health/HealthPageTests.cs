using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrleansHealing.Docs;
using OrleansHealing.Silo.Healing;
using OrleansHealing.Silo.Telemetry;

namespace OrleansHealing.Silo.Health;

/// <summary><c>/health</c> of real silos.</summary>
[Collection(nameof(ToldClusterTests))]
public sealed class HealthPageTests(ToldCluster cluster)
{
    [Fact]
    public async Task Health_OfASiloThatIsWell_HasEachCheckWithItsFigures()
    {
        var silo = cluster.Silos.Silos[0];

        // A supervisor that has just come up holds back its judgement for a timeout, and says so.
        var (status, health) = await Eventually.SeeAsync("a silo that is well", () => AskAsync(silo), seen => seen.Health.GetProperty("status").GetString() is "healthy");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(TelemetryDocs.Names("check"), health.GetProperty("checks").EnumerateObject().Select(c => c.Name));
        Assert.Equal((silo.Name, 3), (Figures(health, "silo")["name"].GetString(), Figures(health, "silo")["members"].GetInt32()));
        Assert.InRange(Figures(health, "store")["answerSeconds"].GetDouble(), 0, 2);
        Assert.Equal(16, Figures(health, "bodies")["tooMany"].GetInt32());
        Assert.Equal(
            ["silo", "lastRoundAgeSeconds", "lagSeconds", "storeSeconds", "restartWaitSeconds", "rounds"],
            Figures(health, "supervisor")["partition0"].EnumerateObject().Select(p => p.Name));
    }

    private static Dictionary<string, JsonElement> Figures(JsonElement health, string check) =>
        health.GetProperty("checks").GetProperty(check).GetProperty("figures").EnumerateObject().ToDictionary(f => f.Name, f => f.Value);

    private static async Task<(HttpStatusCode Status, JsonElement Health)> AskAsync(SiloProcess silo)
    {
        using var http = new HttpClient();
        using var response = await http.GetAsync($"{silo.Url}/health", TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken));
    }
}
