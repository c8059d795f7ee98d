namespace OrleansHealing.Silo.Hosting;

public sealed class SiloPortsTests
{
    private static readonly string Machine = Environment.MachineName;

    public static TheoryData<string, string, string[]> Addresses { get; } = new()
    {
        { "http://127.0.0.1:8080", "http://127.0.0.1:8080", ["127.0.0.1"] },
        { "http://0.0.0.0:8080", $"http://{Machine}:8080", [Machine] },
        { "http://[::]:80;http://*:81", $"http://{Machine}:80", [Machine] },
        { "http://fleet.test:80;https://127.0.0.1:443", "http://fleet.test:80", ["fleet.test", "127.0.0.1"] },
    };

    [Theory]
    [MemberData(nameof(Addresses))]
    public void FirstUrl_OfAnyAddress_IsAtOneOfItsHosts(string urls, string first, string[] hosts)
    {
        using var ports = new SiloPorts(1, 2, urls);

        Assert.Equal(first, ports.FirstUrl);
        Assert.Equal(hosts, ports.Hosts);
    }
}
