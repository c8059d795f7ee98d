using System.Collections.Concurrent;
using System.Net.Sockets;

namespace OrleansHealing.Tests.Backends.Docker;

/// <summary>A way to a socket that can be cut and mended.</summary>
internal sealed class SocketRelay : IDisposable
{
    private readonly string _to;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly ConcurrentDictionary<Socket, byte> _open = [];
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"healing-relay-{Guid.NewGuid():N}.sock");
    private volatile bool _isCut;

    public SocketRelay(Uri to)
    {
        _to = to.LocalPath;
        _listener.Bind(new UnixDomainSocketEndPoint(_path));
        _listener.Listen();
        _ = AcceptAsync();
    }

    public Uri Endpoint => new($"unix://{_path}");

    /// <summary>How many lines were refused since it was cut.</summary>
    public int Refused { get; private set; }

    /// <summary>Breaks every line, and refuses new ones.</summary>
    public void Cut()
    {
        (_isCut, Refused) = (true, 0);
        Close();
    }

    public void Mend() => _isCut = false;

    public void Dispose()
    {
        _listener.Dispose();
        Close();
        File.Delete(_path);
    }

    private void Close()
    {
        foreach (var socket in _open.Keys)
        {
            socket.Dispose();
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var from = await _listener.AcceptAsync(CancellationToken.None);
                if (_isCut)
                {
                    from.Dispose();
                    Refused++;
                    continue;
                }

                var to = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                (_open[from], _open[to]) = (0, 0);
                await to.ConnectAsync(new UnixDomainSocketEndPoint(_to));
                _ = CopyAsync(from, to);
                _ = CopyAsync(to, from);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is done with.
        }
    }

    private async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[8192];
        try
        {
            while (await from.ReceiveAsync(buffer, CancellationToken.None) is > 0 and var read)
            {
                await to.SendAsync(buffer.AsMemory(0, read), CancellationToken.None);
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            from.Dispose();
            to.Dispose();
        }
        finally
        {
            _open.TryRemove(from, out _);
        }
    }
}
