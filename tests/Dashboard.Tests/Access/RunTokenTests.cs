using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrleansHealing.Agents;
using OrleansHealing.Dashboard.Hosting;
using OrleansHealing.Dashboard.Support;

namespace OrleansHealing.Dashboard.Access;

/// <summary>The token of a process opens what is its own, and nothing else.</summary>
public sealed class RunTokenTests : ApiTest
{
    private const string Key = "0123456789abcdef";
    private const string OtherKey = "fedcba9876543210";
    private static readonly AgentId Id = AgentId.Parse("a-1");

    [Theory]
    [InlineData("POST", "heartbeat", """{"incarnation":7}""")]
    [InlineData("PUT", "checkpoint", """{"incarnation":7,"state":1}""")]
    [InlineData("GET", "checkpoint?incarnation=7", null)]
    [InlineData("GET", "checkpoint", null)]
    public async Task Send_WithTheTokenOfItsRun_IsLetIn(string method, string path, string? body)
    {
        var (status, answer, _) = await SendAsync(method, $"/api/v1/agents/a-1/{path}", body, Token(7));

        Assert.True(status is HttpStatusCode.OK, answer);
        Assert.Single(Fleet.Orders);
    }

    [Theory]
    [InlineData("POST", "heartbeat", """{"incarnation":8}""")]
    [InlineData("PUT", "checkpoint", """{"incarnation":8,"state":1}""")]
    [InlineData("GET", "checkpoint?incarnation=8", null)]
    public async Task Send_ForAnotherIncarnation_IsRefusedAs409(string method, string path, string? body)
    {
        var (status, _, _) = await SendAsync(method, $"/api/v1/agents/a-1/{path}", body, Token(7));

        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Empty(Fleet.Orders);
    }

    [Theory]
    [InlineData("POST", "/api/v1/agents/a-2/heartbeat", """{"incarnation":7}""")]
    [InlineData("PUT", "/api/v1/agents/a-2/checkpoint", """{"incarnation":7,"state":1}""")]
    [InlineData("GET", "/api/v1/agents/a-2/checkpoint", null)]
    [InlineData("GET", "/api/v1/agents/a-1", null)]
    [InlineData("GET", "/api/v1/agents", null)]
    [InlineData("DELETE", "/api/v1/agents/a-1", null)]
    [InlineData("POST", "/api/v1/agents/a-1/restart", "{}")]
    [InlineData("POST", "/api/v1/agents", """{"id":"evil","kind":"process","settings":{"command":"sh"}}""")]
    [InlineData("POST", "/api/v1/commands", """{"command":"remove","ids":["a-1"]}""")]
    public async Task Send_WhatIsNotItsOwn_IsRefusedAs401(string method, string path, string? body)
    {
        var (status, _, _) = await SendAsync(method, path, body, Token(7));

        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.Empty(Fleet.Orders);
    }

    [Fact]
    public async Task Send_TokenThatIsChanged_IsRefusedAndCountsAsAWrongKey()
    {
        var token = Token(7);
        string[] wrong =
        [
            token.Replace("run-7", "run-8", StringComparison.Ordinal), token[..^1] + (token[^1] is 'A' ? 'E' : 'A'), token[..^3], token + "A", "run-7.", "run-7", "run-.AAAA", "run-7." + new string('A', 43),
            TokenOf(OtherKey, 7)!,
        ];
        foreach (var text in wrong)
        {
            var (status, _, _) = await SendAsync("POST", "/api/v1/agents/a-1/heartbeat", """{"incarnation":7}""", text);
            Assert.Equal((text, HttpStatusCode.Unauthorized), (text, status));
        }

        Assert.Empty(Fleet.Orders);
        Assert.Equal(wrong.Length, Api.Log.All.Count(l => l.Contains("A wrong API key", StringComparison.Ordinal)));
        Assert.DoesNotContain(Api.Log.All, l => l.Contains(token, StringComparison.Ordinal));
    }

    [Fact]
    public void Create_WithoutKeys_GivesNone() => Assert.Null(TokenOf(null, 7));

    [Fact]
    public void Create_OfEachRun_GivesAnother() => Assert.Equal(
        4, new[] { Token(7), Token(8), TokenOf(OtherKey, 7), Tokens(Key).Create(AgentId.Parse("a-2"), 7)! }.Distinct().Count());

    [Fact]
    public async Task Services_OfAHost_HaveTokensOfItsKeys()
    {
        string? token = null;
        await using var api = await ApiHost.StartAsync(o => o.ApiKeys.Add(Key), before: app => token = app.Services.GetRequiredService<IRunTokens>().Create(Id, 7));

        Assert.Equal(Token(7), token);
    }

    protected override Task<ApiHost> StartAsync() => ApiHost.StartAsync(options => options.ApiKeys.Add($"ada:{Key}"));

    private Task<(HttpStatusCode Status, string Body, HttpResponseMessage Response)> SendAsync(string method, string path, string? body, string token) =>
        Api.SendAsync(method, path, body, headers: ("Authorization", $"Bearer {token}"));

    private static string Token(long incarnation) => TokenOf(Key, incarnation)!;

    private static string? TokenOf(string? key, long incarnation) => Tokens(key).Create(Id, incarnation);

    private static RunTokens Tokens(string? key)
    {
        var options = new HealingDashboardOptions();
        if (key is not null)
        {
            options.ApiKeys.Add(key);
        }

        return new RunTokens(new ApiKeyRing(Options.Create(options)));
    }
}
