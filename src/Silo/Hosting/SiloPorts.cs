namespace OrleansHealing.Silo.Hosting;

/// <summary>The ports of one silo, reserved until this is disposed of.</summary>
/// <param name="Silo">For other silos.</param>
/// <param name="Gateway">For Orleans clients.</param>
/// <param name="Urls">Where HTTP listens, divided by semicolons.</param>
internal sealed record SiloPorts(int Silo, int Gateway, string Urls) : IDisposable
{
    /// <summary>The first HTTP address as others can use it: one that listens on every address is named by the machine.</summary>
    public string FirstUrl
    {
        get
        {
            var address = Addresses.First();
            return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{address.Scheme}://{NameOf(address)}:{address.Port}");
        }
    }

    /// <summary>The hosts of all HTTP addresses, as others can use them.</summary>
    public IReadOnlyList<string> Hosts => [.. Addresses.Select(NameOf).Distinct(StringComparer.OrdinalIgnoreCase)];

    private IEnumerable<BindingAddress> Addresses => Urls.Split(';').Select(BindingAddress.Parse);

    private IReadOnlyList<PortReservation> Held { get; init; } = [];

    /// <summary>
    /// Reserves them: what is given exactly as given, the rest the first free from 11111, 30000 and 8080.
    /// </summary>
    /// <param name="ports">Where reservations are kept.</param>
    /// <param name="siloPort">The configured port for silos, or null.</param>
    /// <param name="gatewayPort">The configured port for clients, or null.</param>
    /// <param name="urls">The configured HTTP addresses, or null for a free one on loopback.</param>
    /// <exception cref="PortTakenException">A configured port is taken, or none is left.</exception>
    public static SiloPorts Reserve(FreePorts ports, int? siloPort, int? gatewayPort, string? urls)
    {
        var held = new List<PortReservation>();
        try
        {
            int Take(int? configured, int first, string setting)
            {
                held.Add(configured is { } port ? ports.ReserveExactly(port, setting) : ports.Reserve(first));
                return held[^1].Port;
            }

            var silo = Take(siloPort, FreePorts.FirstSiloPort, "the silo port");
            var gateway = Take(gatewayPort, FreePorts.FirstGatewayPort, "the gateway port");
            if (urls is null)
            {
                return new SiloPorts(silo, gateway, $"http://127.0.0.1:{Take(null, FreePorts.FirstHttpPort, "HTTP")}") { Held = held };
            }

            // Port 0 leaves the choice to the system, and a socket path has no port.
            foreach (var port in urls.Split(';').Select(BindingAddress.Parse).Select(address => address.Port).Where(port => port > 0).Distinct())
            {
                Take(port, port, $"--urls {urls}");
            }

            return new SiloPorts(silo, gateway, urls) { Held = held };
        }
        catch
        {
            held.ForEach(reservation => reservation.Dispose());
            throw;
        }
    }

    private static string NameOf(BindingAddress address) =>
        address.Host is "0.0.0.0" or "[::]" or "*" or "+" ? Environment.MachineName : address.Host;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var reservation in Held)
        {
            reservation.Dispose();
        }
    }
}
