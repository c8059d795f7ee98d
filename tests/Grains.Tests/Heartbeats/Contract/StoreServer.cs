using System.Net;
using System.Net.Sockets;

namespace OrleansHealing.Tests.Heartbeats.Contract;

/// <summary>A store for the tests of one assembly run; started by the first who asks, ended after the last.</summary>
public abstract class StoreServer : IAsyncDisposable
{
    private readonly SemaphoreSlim _once = new(1);
    private string? _connectionString;

    /// <summary>Why it cannot run here; null when it can.</summary>
    public virtual string? Missing => null;

    /// <summary>How to reach it. Skips the test where it cannot run.</summary>
    public async Task<string> ConnectionStringAsync()
    {
        Assert.SkipWhen(Missing is not null, Missing ?? "");
        await _once.WaitAsync();
        try
        {
            return _connectionString ??= await StartAsync(FreePort());
        }
        finally
        {
            _once.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connectionString is not null)
        {
            await StopAsync();
        }

        _once.Dispose();
        GC.SuppressFinalize(this);
    }

    protected abstract Task<string> StartAsync(int port);

    protected abstract Task StopAsync();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
