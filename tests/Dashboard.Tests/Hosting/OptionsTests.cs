using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrleansHealing.Dashboard.Support;

namespace OrleansHealing.Dashboard.Hosting;

public sealed class OptionsTests
{
    [Fact]
    public async Task Start_WithWrongOptions_NamesEachPropertyAndRule()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => ApiHost.StartAsync(options =>
        {
            options.AllowedHosts.Add("http://x:80");
            options.ApiKeys.Add("too-short");
            options.ApiKeys.Add("ada:0123456789abcdef0");
            options.ApiKeys.Add("");
            options.ApiKeys.Add("ada:0123456789abcdef1");
            options.ApiKeys.Add("no name:0123456789abcdef2");
            options.ApiKeys.Add("with a space in 0123456789abcdef3");
            options.SessionLifetime = TimeSpan.FromSeconds(59);
            options.OrleansDashboard = "javascript:alert(1)";
            options.WritesPerSecond = -1;
            options.WriteBurst = 0;
            options.WrongKeysPerMinute = 0;
            options.MaxBodyBytes = 1;
            options.EventKeepAlive = TimeSpan.Zero;
            options.MaxEventStreams = 0;
        }));

        Assert.Equal(
            [
                "HealingDashboardOptions.AllowedHosts must hold host names or addresses without scheme and port, '*.name' or '*' (it holds 'http://x:80').",
                "HealingDashboardOptions.ApiKeys[0] must be 16 to 256 characters, a name and a colon before them not counted (it has 9).",
                "HealingDashboardOptions.ApiKeys[4] must have a name of 1 to 64 characters out of A-Z a-z 0-9 . _ - before its colon.",
                "HealingDashboardOptions.ApiKeys[5] must be characters out of A-Z a-z 0-9 - . _ ~ + / = after its name and colon.",
                "HealingDashboardOptions.ApiKeys must give each name to one key (it gives 'ada' to 2).",
                "HealingDashboardOptions.SessionLifetime must be 1 minute to 90 days (it is 00:00:59).",
                "HealingDashboardOptions.OrleansDashboard must be a path or an http or https URL (it is 'javascript:alert(1)').",
                "HealingDashboardOptions.WritesPerSecond must be 0 to 1,000,000 (it is -1).",
                "HealingDashboardOptions.WriteBurst must be 1 to 1,000,000 (it is 0).",
                "HealingDashboardOptions.WrongKeysPerMinute must be 1 to 10,000 (it is 0).",
                "HealingDashboardOptions.MaxBodyBytes must be 1,024 to 16,777,216 (it is 1).",
                "HealingDashboardOptions.EventKeepAlive must be 1 second to 1 hour (it is 0 s).",
                "HealingDashboardOptions.MaxEventStreams must be 1 to 100,000 (it is 0).",
            ],
            failure.Failures);
    }

    [Theory, InlineData("orleans"), InlineData("/ops/orleans/"), InlineData("https://ops.example.com:8443/orleans")]
    public async Task Start_WithALinkToTheOrleansDashboard_TellsThePage(string link)
    {
        await using var api = await ApiHost.StartAsync(options => options.OrleansDashboard = link);

        Assert.Contains($"\"orleansDashboard\":\"{link}\"", (await api.SendAsync("GET", "/api/v1/session")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MapHealing_WithoutItsServices_NamesTheCure()
    {
        await using var bare = WebApplication.CreateSlimBuilder().Build();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddHealingDashboard();
        await using var lonely = builder.Build();

        Assert.Contains("AddHealingDashboard", Assert.Throws<InvalidOperationException>(() => bare.MapHealing()).Message, StringComparison.Ordinal);
        Assert.Contains("UseOrleans", Assert.Throws<InvalidOperationException>(() => lonely.MapHealing()).Message, StringComparison.Ordinal);
    }
}
