using System.Net;
using System.Net.Sockets;

namespace OrleansHealing.Silo.Hosting;

public sealed class FreePortsTests : IDisposable
{
    private const int First = 18_300;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("healing-ports-");

    private FreePorts Ports => new(_directory.FullName);

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Reserve_ManyAtOnce_GivesEachItsOwn()
    {
        var reserved = new PortReservation[32];

        Parallel.For(0, reserved.Length, i => reserved[i] = Ports.Reserve(First));

        Assert.Equal(reserved.Length, reserved.Select(each => each.Port).Distinct().Count());
        Array.ForEach(reserved, each => each.Dispose());
    }

    [Fact]
    public void Reserve_GivenBack_IsChosenAgain()
    {
        int port;
        using (var reservation = Ports.Reserve(First + 100))
        {
            port = reservation.Port;
        }

        using var again = Ports.Reserve(First + 100);
        Assert.Equal(port, again.Port);
    }

    [Fact]
    public void Reserve_AnotherProgramListens_SkipsItsPort()
    {
        using var other = Listen();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        using var reservation = Ports.Reserve(port);

        Assert.True(reservation.Port > port);
    }

    [Fact]
    public void ReserveExactly_Taken_NamesPortAndSetting()
    {
        using var other = Listen();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var error = Assert.Throws<PortTakenException>(() => SiloPorts.Reserve(Ports, null, null, $"http://127.0.0.1:{port}"));

        Assert.Contains($"Port {port}", error.Message, StringComparison.Ordinal);
        Assert.Contains("--urls", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reserve_NothingConfigured_TakesThreeAndListensOnLoopback()
    {
        using var ports = SiloPorts.Reserve(Ports, null, null, null);

        Assert.InRange(ports.Silo, FreePorts.FirstSiloPort, FreePorts.FirstSiloPort + 999);
        Assert.InRange(ports.Gateway, FreePorts.FirstGatewayPort, FreePorts.FirstGatewayPort + 999);
        Assert.StartsWith("http://127.0.0.1:8", ports.Urls, StringComparison.Ordinal);
    }

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }
}
