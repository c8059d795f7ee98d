using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace OrleansHealing.Silo.Hosting;

/// <summary>
/// Chooses ports that are free and stay so. That a port can be bound now says nothing about the moment, seconds later, when
/// Orleans or Kestrel binds it, and silos that start at once would choose the same. So a port is reserved by a locked file
/// of its number, held for the life of the process, and only then tried. Binding it and handing the socket over would need
/// no file, but neither Orleans nor its clients take a bound socket; one lock around the choice would have to be held until
/// the slowest silo is up. Programs that know nothing of the files are met by the trial alone, as everywhere.
/// </summary>
internal sealed class FreePorts(string directory)
{
    /// <summary>Where silos look first for their port among themselves.</summary>
    public const int FirstSiloPort = 11_111;

    /// <summary>Where silos look first for the port of Orleans clients.</summary>
    public const int FirstGatewayPort = 30_000;

    /// <summary>Where silos look first for the port of HTTP.</summary>
    public const int FirstHttpPort = 8_080;

    private const int PortsTried = 1_000;

    /// <summary>
    /// The reservations of this user on this machine. The temp directory is local to the machine as its ports are; a home
    /// directory may be shared with others.
    /// </summary>
    public static FreePorts OfThisMachine { get; } =
        new(Path.Combine(Path.GetTempPath(), $"orleans-healing-ports-{Environment.UserName}"));

    /// <summary>Reserves the first free port from <paramref name="first"/> upward.</summary>
    /// <exception cref="PortTakenException">None of the next thousand is free.</exception>
    public PortReservation Reserve(int first)
    {
        for (var port = first; port < first + PortsTried && port <= IPEndPoint.MaxPort; port++)
        {
            if (TryReserve(port) is { } reservation)
            {
                return reservation;
            }
        }

        throw new PortTakenException($"No port from {first} to {Math.Min(first + PortsTried - 1, IPEndPoint.MaxPort)} is free on 127.0.0.1.");
    }

    /// <summary>Reserves exactly <paramref name="port"/>, as <paramref name="setting"/> asks for.</summary>
    /// <exception cref="PortTakenException">It is taken; the message names the port and the setting.</exception>
    public PortReservation ReserveExactly(int port, string setting) =>
        TryReserve(port) ?? throw new PortTakenException($"Port {port}, asked for by {setting}, is taken on this machine.");

    private PortReservation? TryReserve(int port)
    {
        CreateDirectory();
        FileStream held;
        try
        {
            var path = Path.Combine(directory, port.ToString(CultureInfo.InvariantCulture));
            held = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (Directory.Exists(directory))
        {
            // Locked: another silo has it, or is about to.
            return null;
        }

        if (CanBind(port))
        {
            return new PortReservation(port, held);
        }

        held.Dispose();
        return null;
    }

    private static bool CanBind(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void CreateDirectory()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(directory);
        }
        else
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
