using System.Net;
using OrleansHealing.Dashboard.Support;

namespace OrleansHealing.Dashboard.Pages;

public sealed class PageTests : ApiTest
{
    [Theory]
    [InlineData("/", "text/html; charset=utf-8")]
    [InlineData("/healing.js", "text/javascript; charset=utf-8")]
    [InlineData("/healing.css", "text/css; charset=utf-8")]
    public async Task Get_Asset_IsServedUnderAStrictPolicyAndKnownAgain(string path, string type)
    {
        var (status, body, response) = await Api.SendAsync("GET", path);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(type, response.Content.Headers.ContentType?.ToString());
        Assert.StartsWith("default-src 'none'; script-src 'self';", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.DoesNotContain("innerHTML", body, StringComparison.Ordinal);
        Assert.DoesNotContain("://", body.Replace("https?://", "", StringComparison.Ordinal), StringComparison.Ordinal);

        var (again, nothing, _) = await Api.SendAsync("GET", path, headers: ("If-None-Match", response.Headers.ETag!.ToString()));

        Assert.Equal(HttpStatusCode.NotModified, again);
        Assert.Empty(nothing);
    }

    [Fact]
    public async Task Head_Page_AnswersItsLength()
    {
        var (status, body, response) = await Api.SendAsync("HEAD", "/");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Empty(body);
        Assert.True(response.Content.Headers.ContentLength > 500);
    }
}
