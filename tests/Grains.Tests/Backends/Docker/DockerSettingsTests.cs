using OrleansHealing.Agents;
using OrleansHealing.Backends.Docker;

namespace OrleansHealing.Tests.Backends.Docker;

/// <summary>What a definition and a configuration may say of containers.</summary>
public sealed class DockerSettingsTests
{
    [Theory]
    [InlineData("""{"container":"../images"}""", false)]
    [InlineData("""{"container":"a b"}""", false)]
    [InlineData("""{"container":"x"}""", false)]
    [InlineData("""{"container":""}""", false)]
    [InlineData("""{"container":"web_1.old-2"}""", true)]
    [InlineData("{}", true)]
    public void Settings_NameOfAContainer_IsOneThatDockerTakes(string settings, bool isOne) =>
        Assert.Equal(isOne, !DockerSettings.Check(AgentSettings.Parse(settings)).Any());

    [Fact]
    public void Settings_OfAnAgentThatNoContainerCanBeCalledAs_AskForAName()
    {
        var error = Assert.Throws<InvalidOperationException>(() => DockerSettings.Read(new AgentDefinition { Id = AgentId.Parse("team:worker"), Kind = "docker" }));

        Assert.Equal(
            "No container can be called 'team:worker': the setting 'container' must be the name or the id of a container: letters, digits, dots, dashes and underscores, and a letter or digit first.",
            error.Message);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.2, 1)]
    [InlineData(5, 5)]
    [InlineData(5.5, 6)]
    [InlineData(-1, 0)]
    [InlineData(double.NaN, 0)]
    [InlineData(double.PositiveInfinity, 86_400)]
    public void Grace_InSeconds_IsTheNextWholeNumber(double grace, uint expected) => Assert.Equal(expected, DockerGrace.InSeconds(grace));

    [Theory]
    [InlineData("2026-11-27T18:35:55.896415025Z", "1795804555.896415000")]
    [InlineData("2026-11-27T19:35:55.8+01:00", "1795804555.800000000")]
    [InlineData("2026-11-27T18:35:55Z", "1795804555.000000000")]
    [InlineData("0001-01-01T00:00:00Z", "0.000000000")]
    [InlineData("", "0.000000000")]
    [InlineData("soon", "0.000000000")]
    public void Time_OfDocker_IsWrittenAtMostALittleEarlier(string time, string expected) => Assert.Equal(expected, DockerTime.Write(DockerTime.Read(time)));

    [Theory]
    [InlineData("2026-11-27T18:35:50Z", "2026-11-27T18:35:54Z", "1795804552.000000000")]
    [InlineData("2026-11-27T18:35:55Z", "2026-11-27T18:35:54Z", "1795804554.000000000")]
    public void Time_BetweenAnEndAndAStart_IsInTheMiddle(string ended, string started, string expected) =>
        Assert.Equal(expected, DockerTime.Write(DockerTime.Between(ended, started)));

    [Theory]
    [InlineData("ssh://hidden", null, 10, "DockerAgentOptions.Endpoint must be an address")]
    [InlineData("tcp://user:hidden@there:2375", null, 10, "DockerAgentOptions.Endpoint must be an address")]
    [InlineData(null, "ftp://hidden", 10, "DockerAgentOptions.Url must be an address")]
    [InlineData(null, "http://user:hidden@there", 10, "DockerAgentOptions.Url must be an address")]
    [InlineData(null, null, 0, "DockerAgentOptions.Timeout must be")]
    public void Validate_ValueThatBreaksItsRule_NamesThePropertyAndNoSecret(string? endpoint, string? url, int seconds, string expected)
    {
        var options = new DockerAgentOptions
        {
            Endpoint = endpoint is null ? null : new Uri(endpoint),
            Url = url is null ? null : new Uri(url),
            Timeout = TimeSpan.FromSeconds(seconds),
        };

        var fault = Assert.Single(new DockerAgentOptionsValidator().Validate(null, options).Failures ?? []);

        Assert.StartsWith(expected, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", fault, StringComparison.Ordinal);
    }
}
