using System.Net;
using System.Text.Json;
using OrleansHealing.Dashboard.Support;
using OrleansHealing.Fleet;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Dashboard.Api;

public sealed class PollingTests : ApiTest
{
    [Theory]
    [InlineData("/api/v1/agents")]
    [InlineData("/api/v1/actions")]
    [InlineData("/api/v1/overview")]
    [InlineData("/api/v1/silos")]
    [InlineData("/api/v1/kinds")]
    [InlineData("/api/v1/history")]
    [InlineData("/api/v1/maintenance")]
    public async Task Get_WhatIsPolled_AnswersNothingToWhoHasIt(string path)
    {
        var (_, body, response) = await Api.SendAsync("GET", path);
        var tag = response.Headers.ETag!;

        Assert.True(tag.IsWeak);
        foreach (var known in new[] { tag.ToString(), tag.Tag, $"\"x\", {tag}", "*" })
        {
            var (status, nothing, again) = await Api.SendAsync("GET", path, headers: ("If-None-Match", known));

            Assert.Equal((known, HttpStatusCode.NotModified, ""), (known, status, nothing));
            Assert.Equal(tag, again.Headers.ETag);
        }

        foreach (var other in new[] { "W/\"x\"", "nonsense", "" })
        {
            var (status, whole, _) = await Api.SendAsync("GET", path, headers: ("If-None-Match", other));

            Assert.Equal((HttpStatusCode.OK, body), (status, whole));
        }
    }

    [Fact]
    public async Task Get_ActionsAfterANewOne_AnswersAnotherTag()
    {
        var (_, _, before) = await Api.SendAsync("GET", "/api/v1/actions");
        Fleet.Log.Add(Sample.Action("03", ActionKind.Recovered));

        var (status, _, after) = await Api.SendAsync("GET", "/api/v1/actions", headers: ("If-None-Match", before.Headers.ETag!.ToString()));

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.NotEqual(before.Headers.ETag, after.Headers.ETag);
    }

    [Fact]
    public async Task Get_ActionsPageByPage_ShowsEachOnceWhileNewOnesCome()
    {
        Fleet.Log.Clear();
        Fleet.Log.AddRange(Enumerable.Range(1, 25).Select(i => Sample.Action($"{i:x4}", i % 5 is 0 ? ActionKind.Failed : ActionKind.Recovered)));
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await PageAsync($"?limit=10{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.AddRange(page.Items.Select(a => a.Id));
            cursor = page.NextCursor;
            Fleet.Log.Add(Sample.Action($"{100 + seen.Count:x4}", ActionKind.Recovered));
        }
        while (cursor is not null);

        Assert.Equal(Enumerable.Range(1, 25).Reverse().Select(i => $"{i:x4}"), seen);
    }

    [Theory]
    [InlineData("?action=failed", "0014 000f 000a 0005", null)]
    [InlineData("?action=failed&limit=2", "0014 000f", "000f")]
    [InlineData("?action=failed&limit=2&cursor=000f", "000a 0005", null)]
    [InlineData("?action=failed&agent=a-1&reason=crashed&limit=3", "0014 000f 000a", "000a")]
    [InlineData("?reason=other", "", null)]
    [InlineData("?agent=a-2", "", null)]
    [InlineData("?cursor=0000", "", null)]
    public async Task Get_ActionsWithFilters_ShowsThoseAlone(string query, string expected, string? next)
    {
        Fleet.Log.Clear();
        Fleet.Log.AddRange(Enumerable.Range(1, 20).Select(i => Sample.Action($"{i:x4}", i % 5 is 0 ? ActionKind.Failed : ActionKind.Recovered)));
        var page = await PageAsync(query);

        Assert.Equal((expected, next), (string.Join(' ', page.Items.Select(a => a.Id)), page.NextCursor));
    }

    [Fact]
    public async Task Get_ActionsOfALongLog_AreFoundPageByPage()
    {
        Fleet.Log.Clear();
        Fleet.Log.AddRange(Enumerable.Range(1, 25_000).Select(i => Sample.Action($"{i:x5}", i is 7 or 12_000 ? ActionKind.Failed : ActionKind.Recovered)));
        var (seen, pages) = (new List<string>(), 0);
        string? cursor = null;
        do
        {
            var page = await PageAsync($"?action=failed&limit=1{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.AddRange(page.Items.Select(a => a.Id));
            (cursor, pages) = (page.NextCursor, pages + 1);
        }
        while (cursor is not null);

        Assert.Equal([$"{12_000:x5}", $"{7:x5}"], seen);
        Assert.InRange(pages, 3, 4);
        Assert.Equal($"{24_001:x5}", (await PageAsync("?limit=1000")).NextCursor);
        Assert.Equal(1000, (await PageAsync($"?limit=1000&cursor={24_001:x5}")).Items.Count);
    }

    private async Task<Page<SupervisorAction>> PageAsync(string query)
    {
        var (status, body, _) = await Api.SendAsync("GET", "/api/v1/actions" + query);
        Assert.Equal(HttpStatusCode.OK, status);
        return JsonSerializer.Deserialize(body, HealingJson.Default.PageSupervisorAction)!;
    }
}
