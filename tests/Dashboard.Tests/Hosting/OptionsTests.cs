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
            options.MaxBodyBytes = 1;
            options.EventKeepAlive = TimeSpan.Zero;
            options.MaxEventStreams = 0;
        }));

        Assert.Equal(
            [
                "HealingDashboardOptions.AllowedHosts must hold host names or addresses without scheme and port, '*.name' or '*' (it holds 'http://x:80').",
                "HealingDashboardOptions.MaxBodyBytes must be 1,024 to 16,777,216 (it is 1).",
                "HealingDashboardOptions.EventKeepAlive must be 1 second to 1 hour (it is 0 s).",
                "HealingDashboardOptions.MaxEventStreams must be 1 to 100,000 (it is 0).",
            ],
            failure.Failures);
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
