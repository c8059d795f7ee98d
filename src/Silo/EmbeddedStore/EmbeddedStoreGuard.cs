using OrleansHealing.Hosting;
using StackExchange.Redis;

namespace OrleansHealing.Silo.EmbeddedStore;

/// <summary>What a guard watches: the store's directory, its linger time, and the endpoint the silo holds.</summary>
internal sealed record GuardedStore(string Directory, TimeSpan Linger, EmbeddedStoreEndpoint Endpoint);

/// <summary>
/// Starts the embedded store again when it died. Every silo has one, since any of them may be the last; the lock in the
/// store's directory makes one store of it. Looks once a second, and at once when the silo's own connection breaks.
/// </summary>
internal sealed partial class EmbeddedStoreGuard(
    GuardedStore store,
    IConnectionMultiplexer connection,
    EmbeddedStoreProcess processes,
    TimeProvider time,
    ILogger<EmbeddedStoreGuard> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _broken = new(0, 1);
    private EmbeddedStoreEndpoint _endpoint = store.Endpoint;

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _broken.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        connection.ConnectionFailed += OnConnectionFailed;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await PauseAsync(stoppingToken);
                await LookAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops; the store stays for the others and ends itself when it is not needed.
        }
        finally
        {
            connection.ConnectionFailed -= OnConnectionFailed;
        }
    }

    private async Task PauseAsync(CancellationToken stopping)
    {
        using var woken = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await Task.WhenAny(Task.Delay(Pause, time, woken.Token), _broken.WaitAsync(woken.Token));
        await woken.CancelAsync();
        stopping.ThrowIfCancellationRequested();
    }

    private async Task LookAsync(CancellationToken stopping)
    {
        // A connected silo proves the store alive without a question asked; the process is looked up for the moment
        // between its death and the break of the connection.
        if (connection.IsConnected && ProcessTable.IsAlive(_endpoint.Pid))
        {
            return;
        }

        try
        {
            var found = await processes.EnsureStartedAsync(store.Directory, store.Linger, stopping);
            if (found.Pid == _endpoint.Pid)
            {
                return;
            }

            LogStartedAgain(log, _endpoint.Pid, found.Pid, found.Port);
            if (found.Port != store.Endpoint.Port)
            {
                LogMoved(log, store.Endpoint.Port, found.Port);
            }

            _endpoint = found;
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            // Also what the system says that has no room for a process now: looked at again in a moment.
            LogFailed(log, e);
        }
    }

    private void OnConnectionFailed(object? sender, ConnectionFailedEventArgs args)
    {
        try
        {
            _broken.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // It is awake already, or gone.
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The embedded store (process {OldPid}) was gone; it is back as process {Pid} on port {Port}.")]
    private static partial void LogStartedAgain(ILogger log, int oldPid, int pid, int port);

    [LoggerMessage(2, LogLevel.Critical, "The embedded store's port {OldPort} was taken while it was gone, and it is on port {Port} now: start this silo again.")]
    private static partial void LogMoved(ILogger log, int oldPort, int port);

    [LoggerMessage(3, LogLevel.Error, "The embedded store is gone and could not be started again; tried again in a second.")]
    private static partial void LogFailed(ILogger log, Exception exception);
}
