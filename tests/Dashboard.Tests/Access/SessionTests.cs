using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using OrleansHealing.Dashboard.Hosting;
using OrleansHealing.Dashboard.Support;

namespace OrleansHealing.Dashboard.Access;

public sealed class SessionTests : ApiTest
{
    private const string Session = "/api/v1/session";
    private const string Key = "0123456789abcdef-session";

    [Fact]
    public async Task SignIn_WithTheKey_GivesACookieThatIsAsGood()
    {
        var (status, body, response) = await Api.SendAsync("POST", Session, $$"""{"apiKey":"{{Key}}"}""");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("""{"required":true,"signedIn":true,"readOnly":false,"mayKillSilos":false,"actor":"ada","orleansDashboard":null}""", body);
        var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));
        Assert.EndsWith("; max-age=43200; path=/; samesite=strict; httponly", cookie, StringComparison.Ordinal);

        var carried = cookie.Split(';')[0];
        Assert.Equal(HttpStatusCode.OK, (await Api.SendAsync("POST", "/api/v1/agents/a-1/restart", headers: ("Cookie", carried))).Status);
        Assert.Equal(["Restart a-1 by ada because -"], Fleet.Orders);
        Assert.Equal(body, (await Api.SendAsync("GET", Session, headers: ("Cookie", carried))).Body);
    }

    [Fact]
    public async Task Get_WithoutAKey_SaysThatOneIsRequired()
    {
        var (status, body, response) = await Api.SendAsync("GET", Session);

        Assert.Equal((HttpStatusCode.OK, """{"required":true,"signedIn":false,"readOnly":false,"mayKillSilos":false,"actor":"http:127.0.0.1","orleansDashboard":null}"""), (status, body));
        Assert.Empty(response.Headers.WwwAuthenticate);
    }

    [Theory]
    [InlineData("""{"apiKey":"0123456789abcdef-sessio"}""", 401)]
    [InlineData("""{"apiKey":""}""", 401)]
    [InlineData("""{"apiKey":"ada:0123456789abcdef-session"}""", 401)]
    [InlineData("{}", 400)]
    [InlineData(null, 400)]
    [InlineData("[]", 400)]
    [InlineData("""{"apiKey":null}""", 400)]
    [InlineData("""{"apiKey":"\ud800"}""", 400)]
    public async Task SignIn_WithoutTheKey_GivesNoCookie(string? sent, int expected)
    {
        var (status, _, response) = await Api.SendAsync("POST", Session, sent);

        Assert.Equal(expected, (int)status);
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task SignOut_TakesTheCookieBack()
    {
        var (status, body, response) = await Api.SendAsync("DELETE", Session, headers: ("Cookie", await SignInAsync(Api, Key)));

        Assert.Equal((HttpStatusCode.NoContent, ""), (status, body));
        Assert.StartsWith("healing-session=; max-age=0; path=/;", Assert.Single(response.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cookie_PastItsExpiryOrChanged_IsNoneAnyMore()
    {
        var cookie = await SignInAsync(Api, Key);
        var (stamp, code) = (cookie.Split('=')[1].Split('.')[0], cookie.Split('.')[1]);
        foreach (var changed in new[] { $"{long.Parse(stamp, null) + 1}.{code}", $"{stamp}.{code[..^2]}", $"{stamp}.{code}.x", stamp, $"-{stamp}.{code}", $"{stamp}.{code[1..]}A", $"{stamp}.!!!!" })
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(Api, "healing-session=" + changed)).Status);
        }

        Api.Time.Advance(TimeSpan.FromHours(12) - TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(Api, cookie)).Status);

        Api.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(Api, cookie)).Status);
    }

    [Fact]
    public async Task Cookie_OfAnotherSilo_IsTakenWhenItHasTheSameKeyAndLifetime()
    {
        var cookie = await SignInAsync(Api, Key);
        await using var same = await ApiHost.StartAsync(WithKey);
        await using var rotated = await ApiHost.StartAsync(options => options.ApiKeys.Add("ada:fedcba9876543210"));
        await using var shorter = await ApiHost.StartAsync(options =>
        {
            WithKey(options);
            options.SessionLifetime = TimeSpan.FromHours(1);
        });

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(same, cookie)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(rotated, cookie)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(shorter, cookie)).Status);
    }

    [Fact]
    public async Task SignIn_BelowAPathAndOverHttps_GivesACookieForThat()
    {
        await using var api = await ApiHost.StartAsync(
            WithKey,
            before: app => app.Use((http, next) =>
            {
                http.Request.Scheme = "https";
                return next(http);
            }),
            map: app => app.MapGroup("/ops/fleet").MapHealing());

        var (status, _, response) = await api.SendAsync("POST", "/ops/fleet" + Session, $$"""{"apiKey":"{{Key}}"}""");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.EndsWith("; path=/ops/fleet; secure; samesite=strict; httponly", Assert.Single(response.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
    }

    /// <summary>A page on another port of this machine is of the same site, so that its requests carry the cookie.</summary>
    [Theory]
    [InlineData("Origin", "http://127.0.0.1:9")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    public async Task Write_FromAnotherPageWithTheCookie_Answers403(string header, string value)
    {
        var cookie = await SignInAsync(Api, Key);
        foreach (var (method, path) in new[] { ("POST", "/api/v1/agents/a-1/restart"), ("DELETE", "/api/v1/agents/a-1"), ("POST", Session), ("DELETE", Session) })
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await Api.SendAsync(method, path, "{}", headers: [("Cookie", cookie), (header, value)])).Status);
        }

        Assert.Empty(Fleet.Orders);
    }

    [Fact]
    public async Task Session_WhereNoKeyIs_SaysSo()
    {
        await using var api = await ApiHost.StartAsync(options => options.ReadOnly = true);

        Assert.Equal("""{"required":false,"signedIn":false,"readOnly":true,"mayKillSilos":false,"actor":"http:127.0.0.1","orleansDashboard":null}""", (await api.SendAsync("GET", Session)).Body);
        Assert.Equal(HttpStatusCode.Conflict, (await api.SendAsync("POST", Session, """{"apiKey":"x"}""")).Status);
    }

    [Fact]
    public async Task Session_WhereSilosMayBeKilled_SaysSoUnlessNothingCanBeChanged()
    {
        foreach (var isReadOnly in new[] { true, false })
        {
            await using var api = await ApiHost.StartAsync(options => (options.AllowKillingSilos, options.ReadOnly) = (true, isReadOnly));
            Assert.Contains($"\"mayKillSilos\":{(isReadOnly ? "false" : "true")}", (await api.SendAsync("GET", Session)).Body, StringComparison.Ordinal);
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Session_OfAUserOfTheApp_IsSignedInUnlessAKeyIsNeededAsWell(bool isLocked)
    {
        await using var api = await ApiHost.StartAsync(
            options => options.ApiKeys.Add(isLocked ? "ada:" + Key : ""),
            before: app => app.Use((http, next) =>
            {
                http.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "bob")], "test"));
                return next(http);
            }));

        Assert.Equal(
            isLocked
                ? """{"required":true,"signedIn":false,"readOnly":false,"mayKillSilos":false,"actor":"bob","orleansDashboard":null}"""
                : """{"required":false,"signedIn":true,"readOnly":false,"mayKillSilos":false,"actor":"bob","orleansDashboard":null}""",
            (await api.SendAsync("GET", Session)).Body);
    }

    [Fact]
    public async Task Get_PastTheLimitOfWrongKeys_Answers429()
    {
        await using var api = await ApiHost.StartAsync(options =>
        {
            WithKey(options);
            options.WrongKeysPerMinute = 1;
        });
        HttpStatusCode status;
        var tries = 0;
        do
        {
            (status, _, _) = await api.SendAsync("GET", Session, headers: ("X-Api-Key", $"guess-{tries++}"));
        }
        while (status is HttpStatusCode.OK && tries < 100);

        Assert.Equal(HttpStatusCode.TooManyRequests, status);
    }

    [Theory, InlineData("/api/v1/live"), InlineData("/api/v1/events")]
    public async Task Stream_OfASessionThatIsOver_Ends(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Cookie", await SignInAsync(Api, Key));
        using var response = await Api.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        Assert.StartsWith("retry: ", await reader.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);

        Api.Time.Advance(TimeSpan.FromHours(12));

        // Kestrel breaks a connection off when the end falls into a write.
        var end = await Record.ExceptionAsync(() => reader.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.True(end is null or IOException, $"Awaited the end of the stream; seen: {end}");
    }

    internal static async Task<string> SignInAsync(ApiHost api, string key)
    {
        var (_, _, response) = await api.SendAsync("POST", Session, $$"""{"apiKey":"{{key}}"}""");
        return Assert.Single(response.Headers.GetValues("Set-Cookie")).Split(';')[0];
    }

    protected override Task<ApiHost> StartAsync() => ApiHost.StartAsync(WithKey);

    private static void WithKey(HealingDashboardOptions options) => options.ApiKeys.Add("ada:" + Key);

    private static Task<(HttpStatusCode Status, string Body, HttpResponseMessage)> GetAsync(ApiHost api, string cookie) =>
        api.SendAsync("GET", "/api/v1/kinds", headers: ("Cookie", cookie));
}
