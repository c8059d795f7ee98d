using System.Net;
using System.Net.Sockets;

namespace OrleansHealing.Silo.Healing;

/// <summary>Whoever opens the address that a silo prints is answered.</summary>
public sealed class AnnouncedAddressTests
{
    [Fact]
    public async Task Request_ToAllInterfaces_IsAnsweredForTheAnnouncedAddressAndAllowedNamesOnly()
    {
        await using var cluster = await SiloCluster.StartAsync(
            StoreKind.Embedded, 1, "--urls", $"http://0.0.0.0:{FreePort()}", "--Healing:OrleansDashboard=true",
            "--Healing:Dashboard:AllowAnonymous=true", "--Healing:Dashboard:AllowedHosts:0=fleet.test");
        var announced = new Uri(cluster.Silos[0].Url!);
        using var http = new HttpClient { BaseAddress = announced };

        using var page = await http.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
        using var api = await http.GetAsync(new Uri("/api/v1/overview", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(Environment.MachineName, announced.Host, ignoreCase: true);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal(HttpStatusCode.OK, api.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await GetAsync(http, "fleet.test"));
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync(http, "evil.test"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(http, "fleet.test", "/orleans/"));
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync(http, "evil.test", "/orleans/"));
        Assert.Contains($"Orleans: {cluster.Silos[0].Url}/orleans", cluster.Silos[0].Output, StringComparison.Ordinal);
        Assert.Contains("\"orleansDashboard\":\"orleans\"", await http.GetStringAsync(new Uri("/api/v1/session", UriKind.Relative), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> GetAsync(HttpClient http, string host, string path = "/api/v1/overview")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Host = host;
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
