using System.Net.Sockets;
using Docker.DotNet;
using Docker.DotNet.NativeHttp;

namespace OrleansHealing.Backends.Docker;

/// <summary>A client of Docker, and where it is.</summary>
/// <param name="Client">The client.</param>
/// <param name="Address">The address, for a message.</param>
internal sealed record DockerConnection(DockerClient Client, string Address)
{
    // Each stop holds one while a program leaves.
    private const int MaxConnections = 256;

    /// <summary>Makes one. Nothing is asked of Docker yet.</summary>
    /// <param name="endpoint">Where it is; null: where its own command line would look.</param>
    public static DockerConnection To(Uri? endpoint)
    {
        var found = endpoint ?? DockerConfig.Instance.GetEndpoint();
        var address = found.GetComponents(UriComponents.Scheme | UriComponents.HostAndPort | UriComponents.Path, UriFormat.Unescaped);
        var builder = new DockerClientBuilder().WithTimeout(Timeout.InfiniteTimeSpan);
        return found.Scheme switch
        {
            // Over the framework's own HTTP: that of the client's transport for sockets was seen to fail at the end of an answer in chunks.
            "unix" => new DockerConnection(builder.WithEndpoint(new Uri("http://docker")).WithTransportOptions(Options(found.LocalPath)).Build(), address),
            "npipe" => new DockerConnection(builder.WithEndpoint(found).Build(), address),
            _ => new DockerConnection(builder.WithEndpoint(found).WithTransportOptions(Options(null)).Build(), address),
        };
    }

    private static NativeHttpTransportOptions Options(string? socket) => new()
    {
        ConfigureHandler = handler =>
        {
            handler.MaxConnectionsPerServer = MaxConnections;
            if (socket is not null)
            {
                handler.ConnectCallback = (_, cancellationToken) => ConnectAsync(socket, cancellationToken);
            }
        },
    };

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
