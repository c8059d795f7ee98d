using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using OrleansHealing.Heartbeats;

namespace OrleansHealing.Benchmarks;

/// <summary>
/// The network between one silo and the store, as a TCP proxy that loses a share of the flushes of heartbeats: the connection is
/// reset before the flush gets through, so whatever else was under way on it is lost as well.
/// </summary>
internal sealed class FaultyLink : IDisposable
{
    private static readonly byte[] BeatScript = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(Sha1(Encoding.UTF8.GetBytes(Scripts.Beat))));

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly double _lost;
    private long _flushes;
    private long _lostFlushes;

    public FaultyLink(int target, double lost)
    {
        _target = target;
        _lost = lost;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Whether flushes are lost.</summary>
    public bool IsFaulty { get; set; }

    public long Flushes => Interlocked.Read(ref _flushes);

    public long LostFlushes => Interlocked.Read(ref _lostFlushes);

    public void Dispose() => _listener.Dispose();

    [SuppressMessage("Security", "CA5350", Justification = "It is what Redis calls its scripts by.")]
    private static byte[] Sha1(byte[] text) => SHA1.HashData(text);

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The benchmark is over.
        }
    }

    private async Task ServeAsync(TcpClient silo)
    {
        using var store = new TcpClient { NoDelay = true };
        silo.NoDelay = true;
        try
        {
            await store.ConnectAsync(IPAddress.Loopback, _target);
            await Task.WhenAny(CarryAsync(silo, store, isToStore: true), CarryAsync(store, silo, isToStore: false));
        }
        catch (SocketException)
        {
            // The store is away.
        }
        finally
        {
            // A reset, not a farewell.
            silo.LingerState = new LingerOption(true, 0);
            silo.Dispose();
        }
    }

    private async Task CarryAsync(TcpClient from, TcpClient to, bool isToStore)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                var count = await from.GetStream().ReadAsync(buffer);
                if (count == 0 || (isToStore && IsLost(buffer.AsSpan(0, count))))
                {
                    return;
                }

                await to.GetStream().WriteAsync(buffer.AsMemory(0, count));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // One end is gone; the caller drops the other.
        }
    }

    private bool IsLost(ReadOnlySpan<byte> sent)
    {
        // The silos' heartbeats are the only ZADD outside a script; those with progress go by a script of their own.
        if (sent.IndexOf("ZADD\r\n"u8) < 0 && sent.IndexOf(BeatScript) < 0)
        {
            return false;
        }

        if (!IsFaulty)
        {
            return false;
        }

        Interlocked.Increment(ref _flushes);
        if (Random.Shared.NextDouble() >= _lost)
        {
            return false;
        }

        Interlocked.Increment(ref _lostFlushes);
        return true;
    }
}
