using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrleansHealing.Silo.EmbeddedStore;

/// <summary>
/// One short conversation with the store in its own protocol. A multiplexer keeps reconnecting and costs two connections;
/// the questions asked here (are you there, who else is connected) want one that fails at once.
/// </summary>
internal sealed class StoreConnection : IDisposable
{
    /// <summary>A reply longer than this is no reply to anything asked here.</summary>
    private const int LongestReplyBytes = 1024 * 1024;

    private readonly TcpClient _client;
    private readonly NetworkStream _stream;
    private readonly byte[] _buffer = new byte[4096];
    private int _start;
    private int _end;

    private StoreConnection(TcpClient client)
    {
        _client = client;
        _stream = client.GetStream();
    }

    /// <summary>Connects and says the password.</summary>
    /// <exception cref="SocketException">Nobody listens on the port.</exception>
    /// <exception cref="InvalidDataException">Whoever listens refuses the password, or is no such store.</exception>
    public static async Task<StoreConnection> OpenAsync(int port, string password, CancellationToken cancellation)
    {
        var client = new TcpClient(AddressFamily.InterNetwork);
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port, cancellation);
            var connection = new StoreConnection(client);
            await connection.AskAsync(cancellation, "AUTH", password);
            return connection;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Sends one command and returns its reply, a simple string, a number or a bulk string, as text.</summary>
    /// <exception cref="InvalidDataException">The store answered with an error.</exception>
    public async Task<string> AskAsync(CancellationToken cancellation, params string[] command)
    {
        var request = new StringBuilder();
        request.Append(CultureInfo.InvariantCulture, $"*{command.Length}\r\n");
        foreach (var word in command)
        {
            request.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n");
        }

        await _stream.WriteAsync(Encoding.UTF8.GetBytes(request.ToString()), cancellation);
        var head = await ReadLineAsync(cancellation);
        return head switch
        {
            ['+' or ':', .. var text] => text,
            ['$', .. var length] when int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
                && bytes <= LongestReplyBytes => await ReadBulkAsync(bytes, cancellation),
            _ => throw new InvalidDataException($"The store answered {command[0]} with '{head}'."),
        };
    }

    public void Dispose() => _client.Dispose();

    private async Task<string> ReadLineAsync(CancellationToken cancellation)
    {
        var line = new List<byte>();
        while (line is not [.., (byte)'\r', (byte)'\n'])
        {
            line.Add(await ReadByteAsync(cancellation));
            if (line.Count > LongestReplyBytes)
            {
                throw new InvalidDataException("What answers on the store's port does not speak its protocol.");
            }
        }

        return Encoding.UTF8.GetString([.. line[..^2]]);
    }

    private async Task<string> ReadBulkAsync(int bytes, CancellationToken cancellation)
    {
        var bulk = new byte[bytes + 2];
        for (var i = 0; i < bulk.Length; i++)
        {
            bulk[i] = await ReadByteAsync(cancellation);
        }

        return Encoding.UTF8.GetString(bulk.AsSpan(0, bytes));
    }

    private async ValueTask<byte> ReadByteAsync(CancellationToken cancellation)
    {
        if (_start == _end)
        {
            (_start, _end) = (0, await _stream.ReadAsync(_buffer, cancellation));
            if (_end == 0)
            {
                throw new IOException("The store closed the connection.");
            }
        }

        return _buffer[_start++];
    }
}
