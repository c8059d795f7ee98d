using System.Diagnostics;
using System.Net;
using OrleansHealing.Dashboard.Support;

namespace OrleansHealing.Dashboard.Access;

public sealed class ApiKeyTests : ApiTest
{
    private const string Ada = "ada-0123456789abcdef";
    private const string Nameless = "fedcba9876543210/+=~";

    private static readonly (string Method, string Path)[] Guarded =
    [
        ("GET", "/api/v1/agents"), ("GET", "/api/v1/overview"), ("GET", "/api/v1/events"), ("POST", "/api/v1/agents/a-1/restart"),
        ("DELETE", "/api/v1/agents/a-1"), ("POST", "/api/v1/agents/a-1/heartbeat"), ("PUT", "/api/v1/agents"), ("GET", "/api/v1/nothing"), ("GET", "/api/"),
    ];

    [Fact]
    public async Task Request_WithoutAKey_Answers401BelowApiAlone()
    {
        foreach (var (method, path) in Guarded)
        {
            var (status, body, response) = await Api.SendAsync(method, path);

            Assert.Equal((path, HttpStatusCode.Unauthorized), (path, status));
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.ToString());
            Assert.Equal("Bearer realm=\"OrleansHealing\"", response.Headers.WwwAuthenticate.ToString());
            Assert.Contains("An API key is needed", body, StringComparison.Ordinal);
        }

        foreach (var path in new[] { "/", "/app.js", "/healing.css", "/api/v1/session" })
        {
            Assert.Equal(HttpStatusCode.OK, (await Api.SendAsync("GET", path)).Status);
        }

        Assert.Empty(Fleet.Orders);
    }

    [Theory]
    [InlineData("Authorization", "Bearer " + Ada, "ada")]
    [InlineData("Authorization", "bearer  " + Ada + " ", "ada")]
    [InlineData("X-Api-Key", Ada, "ada")]
    [InlineData("X-Api-Key", Nameless, "http:127.0.0.1")]
    public async Task Request_WithAKey_IsCarriedOutUnderItsName(string header, string value, string actor)
    {
        var (status, _, _) = await Api.SendAsync("POST", "/api/v1/agents/a-1/restart", headers: (header, value));

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal([$"Restart a-1 by {actor} because -"], Fleet.Orders);
        Assert.Equal(HttpStatusCode.NotFound, (await Api.SendAsync("GET", "/api/v1/nothing", headers: (header, value))).Status);
    }

    [Theory]
    [InlineData("Authorization", "Bearer ada:" + Ada)]
    [InlineData("Authorization", "Bearer")]
    [InlineData("Authorization", "Bearer ")]
    [InlineData("Authorization", "Basic " + Ada)]
    [InlineData("Authorization", Ada)]
    [InlineData("Authorization", "Bearer " + Ada + "x")]
    [InlineData("Authorization", "Bearer ada-0123456789abcde")]
    [InlineData("Authorization", "Bearer ADA-0123456789ABCDEF")]
    [InlineData("X-Api-Key", "")]
    [InlineData("X-Api-Key", "Bearer " + Ada)]
    [InlineData("X-Api-Key", Ada + "," + Ada)]
    [InlineData("X-Api-Key", "wrong")]
    [InlineData("Cookie", "healing-session=" + Ada)]
    [InlineData("Cookie", "healing-session=99999999999.AAAA")]
    public async Task Request_WithAnotherKey_Answers401AndTellsNothing(string header, string value)
    {
        var (status, body, response) = await Api.SendAsync("POST", "/api/v1/agents/a-1/restart", headers: (header, value));

        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.NotEmpty(response.Headers.WwwAuthenticate);
        Assert.DoesNotContain("ada-", body, StringComparison.Ordinal);
        Assert.Empty(Fleet.Orders);
    }

    [Fact]
    public async Task Request_WithAWrongKeyBesideASession_Answers401()
    {
        var cookie = await SessionTests.SignInAsync(Api, Ada);

        var (status, _, _) = await Api.SendAsync("GET", "/api/v1/agents", headers: [("Cookie", cookie), ("X-Api-Key", "wrong")]);

        Assert.Equal(HttpStatusCode.Unauthorized, status);
    }

    [Fact]
    public async Task WrongKeys_FromOneAddress_AreLookedAtSomeAMinuteAndTheSameOneDoesNotCount()
    {
        for (var i = 0; i < 30; i++)
        {
            // Two scripts that were left behind, each with a key of its own.
            Assert.Equal(HttpStatusCode.Unauthorized, (await TryAsync($"left-behind-with-an-old-key-{i % 2}")).Status);
        }

        Assert.Equal(HttpStatusCode.OK, (await TryAsync(Ada)).Status);

        HttpStatusCode last;
        HttpResponseMessage response;
        var tries = 0;
        do
        {
            (last, _, response) = await TryAsync($"guess-{tries++}");
        }
        while (last is HttpStatusCode.Unauthorized && tries < 100);

        // The limit is three a minute, of which the old keys took two; a slow run gains some of it back.
        Assert.Equal(HttpStatusCode.TooManyRequests, last);
        Assert.InRange(tries, 2, 20);
        Assert.InRange(response.Headers.RetryAfter?.Delta ?? TimeSpan.Zero, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20));

        // By fractions the limit fills ten times a second, which must not count as room for one more.
        var since = Stopwatch.StartNew();
        do
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, (await TryAsync(Ada)).Status);
        }
        while (since.Elapsed < TimeSpan.FromMilliseconds(300));

        Assert.InRange(Api.Log.Own.Count(l => l == "Warning: A wrong API key came from http:127.0.0.1"), tries, tries + 1);

        Task<(HttpStatusCode Status, string, HttpResponseMessage Response)> TryAsync(string key) => Api.SendAsync("GET", "/api/v1/kinds", headers: ("X-Api-Key", key));
    }

    [Fact]
    public async Task Keys_WhateverHappens_StandInNoAnswerAndNoLogLine()
    {
        const string Wrong = "wrong-and-still-a-secret";
        var seen = new List<string>();
        foreach (var key in new[] { Ada, Wrong })
        {
            seen.Add((await Api.SendAsync("POST", "/api/v1/agents/a-1/restart", headers: ("X-Api-Key", key))).Body);
            seen.Add((await Api.SendAsync("GET", "/api/v1/nothing", headers: ("Authorization", $"Bearer {key}"))).Body);
            foreach (var body in new[] { $$"""{"apiKey":"{{key}}"}""", $$"""{"apiKey":["{{key}}"]}""", $$"""{"key":"{{key}}"}""", $"\"{key}\"", key, $$"""{"apiKey":"{{key}}","apiKey":"{{key}}"}""" })
            {
                seen.Add((await Api.SendAsync("POST", "/api/v1/session", body)).Body);
            }
        }

        Fleet.Failure = new InvalidOperationException("inside");
        seen.Add((await Api.SendAsync("GET", "/api/v1/overview", headers: ("X-Api-Key", Ada))).Body);
        foreach (var path in new[] { "/", "/app.js", "/api/v1/session" })
        {
            seen.Add((await Api.SendAsync("GET", path, headers: ("X-Api-Key", Ada))).Body);
        }

        Assert.NotEmpty(Api.Log.All);
        Assert.All(seen.Concat(Api.Log.All), text => Assert.DoesNotContain("0123456789abcdef", text, StringComparison.Ordinal));
        Assert.All(seen.Concat(Api.Log.All), text => Assert.DoesNotContain(Wrong, text, StringComparison.Ordinal));
    }

    protected override Task<ApiHost> StartAsync() => ApiHost.StartAsync(options =>
    {
        options.ApiKeys.Add("ada:" + Ada);
        options.ApiKeys.Add("");
        options.ApiKeys.Add(Nameless);
        options.WrongKeysPerMinute = 3;
    });
}
