using Microsoft.Extensions.Configuration;
using OrleansHealing.Dashboard.Hosting;

namespace OrleansHealing.Silo.Hosting;

public sealed class HealingConfigurationTests
{
    [Fact]
    public void Bind_Dashboard_AllowsItsOwnHostsBesideThoseConfigured()
    {
        var options = Bind(["box", "LOCALHOST", "unix:/run/silo.sock"], ("AllowedHosts:0", "*.example.com"), ("MaxEventStreams", "7"), ("EventKeepAlive", "00:00:03"));

        Assert.Equal(["localhost", "127.0.0.1", "[::1]", "*.example.com", "box"], options.AllowedHosts);
        Assert.Equal((7, TimeSpan.FromSeconds(3), 64 * 1024), (options.MaxEventStreams, options.EventKeepAlive, options.MaxBodyBytes));
    }

    [Fact]
    public void Bind_NothingConfigured_LeavesTheDefaults() => Assert.Equal(new HealingDashboardOptions().AllowedHosts, Bind(["127.0.0.1"]).AllowedHosts);

    [Theory]
    [InlineData("ApiKeys", "ada:0123456789abcdef, fedcba9876543210,")]
    [InlineData("ApiKeys:0", "ada:0123456789abcdef", "ApiKeys:1", "fedcba9876543210")]
    public void Bind_ApiKeys_TakesThemInOneValueOrAsAList(params string[] settings) => Assert.Equal(
        ["ada:0123456789abcdef", "fedcba9876543210"],
        Bind([], [.. settings.Chunk(2).Select(s => (s[0], s[1]))]).ApiKeys);

    private static HealingDashboardOptions Bind(string[] hosts, params (string Key, string Value)[] settings)
    {
        var options = new HealingDashboardOptions();
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create($"Healing:Dashboard:{s.Key}", (string?)s.Value)))
            .Build();
        HealingConfiguration.Bind(configuration, hosts, options);
        return options;
    }
}
