using System.Net;
using OrleansHealing.Dashboard.Access;
using OrleansHealing.Dashboard.Support;

namespace OrleansHealing.Dashboard.Pages;

public sealed class PageTests : ApiTest
{
    [Theory]
    [InlineData("/", "text/html; charset=utf-8")]
    [InlineData("/app.js", "text/javascript; charset=utf-8")]
    [InlineData("/views/agent.js", "text/javascript; charset=utf-8")]
    [InlineData("/parts/table.js", "text/javascript; charset=utf-8")]
    [InlineData("/healing.css", "text/css; charset=utf-8")]
    public async Task Get_Asset_IsServedUnderAStrictPolicyAndKnownAgain(string path, string type)
    {
        var (status, body, response) = await Api.SendAsync("GET", path);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(type, response.Content.Headers.ContentType?.ToString());
        Assert.StartsWith("default-src 'none'; script-src 'self';", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.DoesNotContain("innerHTML", body, StringComparison.Ordinal);
        Assert.DoesNotContain("://", body.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal), StringComparison.Ordinal);

        var (again, nothing, _) = await Api.SendAsync("GET", path, headers: ("If-None-Match", response.Headers.ETag!.ToString()));

        Assert.Equal(HttpStatusCode.NotModified, again);
        Assert.Empty(nothing);
    }

    [Fact]
    public async Task Get_Page_MayAskOtherSilosWhetherTheyAreAlive()
    {
        var (_, _, response) = await Api.SendAsync("GET", "/");

        Assert.Contains("connect-src 'self' http://127.0.0.1:8080;", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_PageWithoutTheKeyThatIsNeeded_TellsNothingOfOtherSilos()
    {
        const string Key = "0123456789abcdef-page";
        await using var api = await ApiHost.StartAsync(options => options.ApiKeys.Add("ada:" + Key));
        var (_, _, stranger) = await api.SendAsync("GET", "/");
        var (_, _, known) = await api.SendAsync("GET", "/", headers: ("Cookie", await SessionTests.SignInAsync(api, Key)));

        Assert.NotEqual(stranger.Headers.ETag, known.Headers.ETag);
        Assert.Contains("connect-src 'self';", Assert.Single(stranger.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Contains("connect-src 'self' http://127.0.0.1:8080;", Assert.Single(known.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/vendor/htm-preact.js")]
    [InlineData("/vendor/uplot.js")]
    [InlineData("/vendor/uplot.css")]
    [InlineData("/vendor/preact.LICENSE")]
    public async Task Get_Vendored_IsServedFromHere(string path) => Assert.Equal(HttpStatusCode.OK, (await Api.SendAsync("GET", path)).Status);

    [Fact]
    public async Task Head_Page_AnswersItsLength()
    {
        var (status, body, response) = await Api.SendAsync("HEAD", "/");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Empty(body);
        Assert.True(response.Content.Headers.ContentLength > 500);
    }
}
