using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrleansHealing.Dashboard.Hosting;
using OrleansHealing.Dashboard.Support;

namespace OrleansHealing.Dashboard.Access;

public sealed class ExposureTests
{
    private const string Everywhere = "http://0.0.0.0:0";

    [Theory]
    [InlineData("http://127.0.0.1:80", true)]
    [InlineData("http://127.8.9.1:80", true)]
    [InlineData("https://localhost:443", true)]
    [InlineData("http://api.LOCALHOST:80", true)]
    [InlineData("http://[::1]:80", true)]
    [InlineData("http://unix:/run/x.sock", true)]
    [InlineData("http://0.0.0.0:80", false)]
    [InlineData("http://[::]:80", false)]
    [InlineData("http://*:80", false)]
    [InlineData("http://+:80", false)]
    [InlineData("http://10.0.0.7:80", false)]
    [InlineData("http://fleet.example.com:80", false)]
    [InlineData("http://localhost.example.com:80", false)]
    public void IsLoopback_AnAddress_SaysWhoReachesIt(string address, bool expected) => Assert.Equal(expected, Exposure.IsLoopback(address));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task Start_OpenToOthersWithoutAKey_FailsAndNamesTheOptions(string? key)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => ApiHost.StartAsync(
            options =>
            {
                if (key is not null)
                {
                    options.ApiKeys.Add(key);
                }
            },
            url: Everywhere));

        var message = Assert.Single(failure.Failures);
        Assert.StartsWith("http://0.0.0.0:", message, StringComparison.Ordinal);
        foreach (var part in new[] { "HealingDashboardOptions.ApiKeys", "RequireAuthorization()", "HealingDashboardOptions.AllowAnonymous = true", "Healing:Dashboard:ApiKeys", "Healing:Dashboard:AllowAnonymous" })
        {
            Assert.Contains(part, message, StringComparison.Ordinal);
        }
    }

    /// <summary>Addresses that are no setting are known only to the server.</summary>
    [Fact]
    public async Task Start_OpenToOthersByTheServersOwnOptions_Fails() => await Assert.ThrowsAsync<OptionsValidationException>(
        () => ApiHost.StartAsync(services: builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenAnyIP(0))));

    [Fact]
    public async Task Start_OpenToOthersWithAKey_AsksForIt()
    {
        await using var api = await ApiHost.StartAsync(options => options.ApiKeys.Add("0123456789abcdef"), url: Everywhere);

        Assert.Equal(HttpStatusCode.Unauthorized, (await api.SendAsync("GET", "/api/v1/overview")).Status);
        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync("GET", "/api/v1/overview", headers: ("X-Api-Key", "0123456789abcdef"))).Status);
    }

    [Fact]
    public async Task Start_OpenToOthersByAWord_LetsEverybodyIn()
    {
        await using var api = await ApiHost.StartAsync(options => options.AllowAnonymous = true, url: Everywhere);

        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync("GET", "/api/v1/overview")).Status);
    }

    [Fact]
    public async Task Start_OpenToOthersWithTheAppsAuthorization_LeavesItToThat()
    {
        await using var api = await ApiHost.StartAsync(services: AddAuthorization, map: app => app.MapHealing().RequireAuthorization(), url: Everywhere);

        Assert.Equal(HttpStatusCode.Unauthorized, (await api.SendAsync("GET", "/api/v1/overview")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await api.SendAsync("GET", "/")).Status);
    }

    [Fact]
    public async Task Start_OpenToOthersWithAuthorizationThatIsTakenBack_Fails() => await Assert.ThrowsAsync<OptionsValidationException>(() => ApiHost.StartAsync(
        services: AddAuthorization, map: app => app.MapHealing().RequireAuthorization().AllowAnonymous(), url: Everywhere));

    /// <summary>What the start cannot see, such as an address that is added later, is looked at with each request.</summary>
    [Fact]
    public async Task Request_ToAnAddressOfOthersThatWasAddedLater_Answers401()
    {
        await using var api = await ApiHost.StartAsync(before: app => app.Use((http, next) =>
        {
            http.Connection.LocalIpAddress = IPAddress.Parse("10.0.0.7");
            return next(http);
        }));

        var (status, body, _) = await api.SendAsync("GET", "/api/v1/overview");

        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Contains("no API key is configured: set HealingDashboardOptions.ApiKeys", body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync("GET", "/")).Status);
    }

    private static void AddAuthorization(WebApplicationBuilder builder)
    {
        builder.Services.AddAuthorization();
        builder.Services.AddAuthentication("none").AddScheme<AuthenticationSchemeOptions, NobodyHandler>("none", null);
    }

    private sealed class NobodyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, Microsoft.Extensions.Logging.ILoggerFactory logger, System.Text.Encodings.Web.UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(AuthenticateResult.NoResult());
    }
}
