using System.Net;
using System.Net.Sockets;
using OrleansHealing.Silo.EmbeddedStore;
using OrleansHealing.Silo.Hosting;
using OrleansHealing.Silo.Launching;

namespace OrleansHealing.Silo.Healing;

/// <summary>What a user gets wrong when a silo starts: it ends with a sentence that names the thing and the rule.</summary>
public sealed class BadStartTests(StoreSandbox sandbox) : IClassFixture<StoreSandbox>
{
    [Theory]
    [InlineData("--Healing:Heartbeat=-00:00:01", "HealingOptions.Heartbeat must be")]
    [InlineData("--Healing:Timeout=soon", "Healing:Timeout must be a time written as hours:minutes:seconds, such as 00:00:08 for 8 seconds (it is 'soon').")]
    [InlineData("--Healing:Tiemout=00:00:05", "Healing:Tiemout is no setting")]
    [InlineData("--urls=http://0.0.0.0:0", "http://0.0.0.0:0 can be reached from other machines, and the API of the fleet would let everybody in: set HealingDashboardOptions.ApiKeys (of a silo Healing:Dashboard:ApiKeys)")]
    public async Task Start_WrongOption_EndsAndNamesTheOptionAndTheRule(string option, string expected)
    {
        Directory.CreateDirectory(sandbox.Root);

        var (exit, output) = await RunAsync("--store-directory", sandbox.Root, option);

        Assert.Equal(1, exit);
        Assert.Contains(expected, output, StringComparison.Ordinal);
        Assert.Single(output.Split('\n'));
    }

    /// <summary>What else can be wrong with an option, as the program says it, without a process for each.</summary>
    [Theory]
    [InlineData("--Healing:Timeout=00:00:00.5", "policy.timeoutSeconds must be longer than the heartbeat")]
    [InlineData("--Healing:Timeout=00:00:0x", "'Healing:Timeout'")]
    [InlineData("--Healing:Timeout=8", "Healing:Timeout must be a time written as hours:minutes:seconds")]
    [InlineData("--Healing:Timeout=-1", "Healing:Timeout must be a time written as hours:minutes:seconds")]
    [InlineData("--Healing:ProgressTimeout=90", "Healing:ProgressTimeout must be a time")]
    [InlineData("--Healing:EmbeddedStore:Linger=60", "Healing:EmbeddedStore:Linger must be a time")]
    [InlineData("--Healing:Dashboard:EventKeepAlive=15", "Healing:Dashboard:EventKeepAlive must be a time")]
    [InlineData("--Healing:EmbeddedStore:Lingr=00:00:05", "Healing:EmbeddedStore:Lingr is no setting; there are: Directory, Linger.")]
    [InlineData("--ConnectionStrings:redis=", "ConnectionStrings:redis is there and empty: name a Redis, or leave it out for the embedded store.")]
    [InlineData("--Healing:ConnectionString=127.0.0.1:6379", "Healing:ConnectionString is no setting; the store is named by ConnectionStrings:redis.")]
    [InlineData("--Healing:Dashboard:Hosts:0=x", "Healing:Dashboard:Hosts is no setting; there are: AllowAnonymous, AllowKillingSilos, AllowedHosts, ApiKeys, EventKeepAlive")]
    [InlineData("--Healing:ProcessAgents:Enable=true", "Healing:ProcessAgents:Enable is no setting; there are: Enabled, InheritedVariables, LogLinesPerSecond.")]
    [InlineData("--Healing:ProcessAgents:Enabled=yes", "'Healing:ProcessAgents:Enabled'")]
    [InlineData("--Healing:ProcessAgents:Enabled=true --Healing:ProcessAgents:LogLinesPerSecond=-1", "ProcessAgentOptions.LogLinesPerSecond must be 0 to 100,000 (it is -1).")]
    [InlineData("--Healing:ProcessAgents:Enabled=true --Healing:ProcessAgents:InheritedVariables:0=A-B", "ProcessAgentOptions.InheritedVariables must hold names of variables: letters, digits and underscores, no digit first (it holds 'A-B').")]
    [InlineData("--Healing:ProcessAgents:Enabled=true --Healing:ProcessAgents:InheritedVariables:0=ConnectionStrings__redis", "ProcessAgentOptions.InheritedVariables must not hold what configures the silo itself (it holds 'ConnectionStrings__redis').")]
    [InlineData("--Healing:ProcessAgents:Enabled=true --Healing:Dashboard:AllowAnonymous=true --urls=http://0.0.0.0:0", "http://0.0.0.0:0 can be reached from other machines, and with Healing:ProcessAgents:Enabled everybody there could run programs on this one")]
    [InlineData("--Healing:Dashboard:AllowedHosts:0=http://x:80", "HealingDashboardOptions.AllowedHosts must hold host names")]
    [InlineData("--Healing:Dashboard:MaxBodyBytes=1", "HealingDashboardOptions.MaxBodyBytes must be 1,024 to 16,777,216 (it is 1)")]
    [InlineData("--Healing:Dashboard:ApiKeys:0=ada:too-short", "HealingDashboardOptions.ApiKeys[0] must be 16 to 256 characters, a name and a colon before them not counted (it has 9).")]
    [InlineData("--Healing:Dashboard:ApiKey=0123456789abcdef", "Healing:Dashboard:ApiKey is no setting; there are: AllowAnonymous")]
    [InlineData("--Healing:Alerts:Sink:0:Name=x", "Healing:Alerts:Sink is no setting; there are: DeadManEvery, DeadManUrl")]
    [InlineData("--Healing:Alerts:Sinks:0:Nam=x", "Healing:Alerts:Sinks:0:Nam is no setting; there are: After, Conditions, Key")]
    [InlineData("--Healing:Alerts:Sinks:0:After=5", "Healing:Alerts:Sinks:0:After must be a time written as hours:minutes:seconds")]
    [InlineData("--Healing:Alerts:ResolveAfter=30", "Healing:Alerts:ResolveAfter must be a time")]
    [InlineData("--Healing:Alerts:Sinks:0:Kind=pigeon", "'Healing:Alerts:Sinks:0:Kind'")]
    [InlineData("--Healing:Alerts:Sinks:0:Conditions:0=rain", "must be one of agent-quarantined, group-quarantined")]
    [InlineData("--Healing:Alerts:Sinks:0:Url=http://", "Healing:Alerts:Sinks:0:Url cannot be read as an address.")]
    [InlineData("--Healing:Alerts:Sinks:0:Name=x", "AlertOptions.Sinks[0].Kind")]
    [InlineData("--Healing:ExternalAgents:Uri=x", "Healing:ExternalAgents:Uri is no setting; there are: Key, Timeout, Url.")]
    [InlineData("--Healing:ExternalAgents:Timeout=5", "Healing:ExternalAgents:Timeout must be a time")]
    [InlineData("--Healing:ExternalAgents:Url=http://there", "ExternalAgentOptions.Key must be the shared secret")]
    [InlineData("--Healing:DockerAgents:Socket=x", "Healing:DockerAgents:Socket is no setting; there are: Enabled, Endpoint, Timeout, Url.")]
    [InlineData("--Healing:DockerAgents:Enabled=perhaps", "'Healing:DockerAgents:Enabled'")]
    [InlineData("--Healing:DockerAgents:Timeout=5", "Healing:DockerAgents:Timeout must be a time")]
    [InlineData("--Healing:DockerAgents:Enabled=true --Healing:DockerAgents:Timeout=00:00:00", "DockerAgentOptions.Timeout must be 00:00:00.1000000 to 00:10:00 (it is 00:00:00).")]
    [InlineData("--Healing:DockerAgents:Enabled=true --Healing:DockerAgents:Endpoint=ssh://there", "DockerAgentOptions.Endpoint must be an address that begins with unix://, tcp://, http:// or npipe://")]
    [InlineData("--Healing:DockerAgents:Enabled=true --Healing:DockerAgents:Endpoint=there", "DockerAgentOptions.Endpoint must be an address")]
    [InlineData("--Healing:DockerAgents:Enabled=true --Healing:DockerAgents:Url=ftp://there", "DockerAgentOptions.Url must be an address that begins with http:// or https://")]
    [InlineData("--Healing:KubernetesAgents:Namespace=x", "Healing:KubernetesAgents:Namespace is no setting; there are: Context, Enabled, KubeConfig, Namespaces, Timeout.")]
    [InlineData("--Healing:KubernetesAgents:Enabled=yes", "'Healing:KubernetesAgents:Enabled'")]
    [InlineData("--Healing:KubernetesAgents:Timeout=5", "Healing:KubernetesAgents:Timeout must be a time")]
    [InlineData("--Healing:KubernetesAgents:Enabled=true --Healing:KubernetesAgents:Timeout=00:00:00", "KubernetesAgentOptions.Timeout must be 00:00:00.1000000 to 00:10:00 (it is 00:00:00).")]
    [InlineData("--Healing:KubernetesAgents:Enabled=true --Healing:KubernetesAgents:KubeConfig=/no/such", "KubernetesAgentOptions.KubeConfig must be a file that is there (it is '/no/such').")]
    [InlineData("--Healing:KubernetesAgents:Enabled=true --Healing:KubernetesAgents:Namespaces:0=A_b", "KubernetesAgentOptions.Namespaces must hold names of namespaces: 1 to 63 characters out of a-z 0-9 -, the first and the last no dash (it holds 'A_b').")]
    [InlineData("--Healing:Alerts:StormAfter=0", "AlertOptions.StormAfter")]
    [InlineData("--Healing:Dashboard:MaxBodyBytes=much", "'Healing:Dashboard:MaxBodyBytes'")]
    public async Task Run_WrongOption_SaysTheOptionAndTheRuleInOneLine(string option, string expected)
    {
        Directory.CreateDirectory(sandbox.Root);
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var line = new SiloCommandLine(
            command => SiloHost.RunAsync(command, output, errors),
            _ => throw new InvalidOperationException("It asks for one silo."),
            (_, _) => throw new InvalidOperationException("It asks for a silo."));

        var exit = await line.RunAsync(["--store-directory", sandbox.Root, .. option.Split(' ')], output, errors);

        Assert.Equal((1, ""), (exit, output.ToString()));
        Assert.Contains(expected, errors.ToString(), StringComparison.Ordinal);
        Assert.Single(errors.ToString().TrimEnd().Split('\n'));
    }

    [Theory]
    [InlineData("/etc/passwd", "already exists")]
    [InlineData("/proc/healing/store", "")]
    public async Task Start_DirectoryThatCannotBe_EndsWithOneSentence(string directory, string why)
    {
        var (exit, output) = await RunAsync("--store-directory", directory);

        Assert.Equal(1, exit);
        Assert.StartsWith($"'{directory}' must be a directory that this user may make and write to (", output, StringComparison.Ordinal);
        Assert.Contains(why, output, StringComparison.Ordinal);
        Assert.Single(output.Split('\n'));
    }

    [Fact]
    public async Task Start_PortThatIsTaken_EndsAndNamesThePort()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var (exit, output) = await RunAsync("--urls", $"http://127.0.0.1:{port}");

        Assert.Equal(1, exit);
        Assert.Contains($"Port {port}", output, StringComparison.Ordinal);
        Assert.Contains("is taken", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",password=not-the-secret")]
    public async Task Start_RedisThatRefusesThePassword_SaysSoAndKeepsItToItself(string password)
    {
        await using var redis = await RedisServer.StartAsync("--requirepass", "the-secret");

        var (exit, output) = await RunAsync($"--ConnectionStrings:redis={redis.Endpoint}{password}");

        Assert.Equal(1, exit);
        Assert.Contains("refuses the password", output, StringComparison.Ordinal);
        Assert.DoesNotContain("the-secret", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_RedisThatIsNotThere_NamesItsAddress()
    {
        using var reserved = new TcpListener(IPAddress.Loopback, 0);
        reserved.Start();
        var address = reserved.LocalEndpoint.ToString()!;
        reserved.Stop();

        var (exit, output) = await RunAsync($"--ConnectionStrings:redis={address}");

        Assert.Equal(1, exit);
        Assert.Contains($"{address} does not answer", output, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        var silo = SiloProcess.Start(SiloExecutable.Command.With(arguments));
        return (await silo.EndedAsync(), silo.Output);
    }
}
