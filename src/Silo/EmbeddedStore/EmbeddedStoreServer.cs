using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Garnet;
using OrleansHealing.Hosting;

namespace OrleansHealing.Silo.EmbeddedStore;

/// <summary>
/// The store process: hosts Garnet on a loopback port until nobody needs it. What it was told stays through kill -9, and
/// started again from the same directory it has the same password and, where it is still free, the same port, so that
/// clients which lost it find it again under the connection string they hold.
/// </summary>
internal sealed partial class EmbeddedStoreServer(string directory, TimeSpan linger, TimeProvider time)
{
    /// <summary>How long the store waits for another client, unless told otherwise.</summary>
    public static readonly TimeSpan DefaultLinger = TimeSpan.FromSeconds(60);

    private const long LogBytes = 256 * 1024;

    // Below 32768, where the ephemeral ports of Linux begin: a client that keeps dialling a dead ephemeral port on its own
    // machine will in the end be handed that port as its own end and talk to itself, and the store could not take it back.
    private const int FirstPort = 20_000;
    private const int LastPort = 29_999;

    private readonly StoreDirectory _directory = new(Path.GetFullPath(directory));

    /// <summary>Runs until the process is told to end, or nobody was connected for the linger time.</summary>
    /// <returns>The exit code: 0 also when another process is the store already, 1 when the store could not start.</returns>
    public async Task<int> RunAsync()
    {
        _directory.Create();
        await using var lockFile = _directory.TryLock();
        if (lockFile is null)
        {
            return 0;
        }

        Detach();
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);
        using var quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, context => context.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });

        using var loggers = LoggerFactory.Create(logging => logging
            .AddProvider(new BoundedFileLogger(_directory.Log, LogBytes, time))
            .SetMinimumLevel(LogLevel.Warning)
            .AddFilter(typeof(EmbeddedStoreServer).FullName, LogLevel.Information));
        var log = loggers.CreateLogger<EmbeddedStoreServer>();
        try
        {
            await ServeAsync(loggers, log, stop.Token);
            return 0;
        }
        catch (Exception e)
        {
            // The last words of the process: whoever started it reads them in the log, since there is no console.
            LogFailed(log, e, _directory.Root);
            return 1;
        }
    }

    private async Task ServeAsync(ILoggerFactory loggers, ILogger log, CancellationToken stop)
    {
        var endpoint = ChooseEndpoint();
        var listeners = Trace.Listeners.Cast<TraceListener>().ToArray();
        using var garnet = new GarnetServer(GarnetArguments.For(_directory, endpoint.Port, endpoint.Password), loggers);

        // Garnet adds a listener that copies traces to the console.
        foreach (var added in Trace.Listeners.Cast<TraceListener>().Except(listeners).ToArray())
        {
            Trace.Listeners.Remove(added);
        }

        garnet.Start();
        var census = new ClientCensus(endpoint, time);
        await census.CountAsync(stop);
        endpoint.Write(_directory.Root);
        LogServing(log, endpoint.Port, endpoint.Pid, linger);

        var idle = await census.WaitUntilAloneAsync(linger, stop);
        LogEnding(log, idle ? "nobody was connected any more" : "it was told to end");
    }

    private EmbeddedStoreEndpoint ChooseEndpoint()
    {
        var known = EmbeddedStoreEndpoint.TryRead(_directory.Root, out var last);
        var password = known ? last!.Password : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        var port = known && IsFree(last!.Port) ? last.Port : FreePort();
        return new EmbeddedStoreEndpoint(port, password, Environment.ProcessId);
    }

    private static int FreePort()
    {
        for (var attempt = 0; attempt < 1000; attempt++)
        {
            var port = RandomNumberGenerator.GetInt32(FirstPort, LastPort + 1);
            if (IsFree(port))
            {
                return port;
            }
        }

        throw new IOException($"No free port was found between {FirstPort} and {LastPort}.");
    }

    private static bool IsFree(int port)
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

    /// <summary>
    /// Leaves the terminal's session, so that Ctrl+Z and the end of the terminal reach silos but not what they keep their
    /// state in. That it fails for the leader of a process group does no harm: the signals are ignored as well.
    /// </summary>
    private static void Detach()
    {
        Console.SetOut(TextWriter.Null);
        Console.SetError(TextWriter.Null);
        if (!OperatingSystem.IsWindows())
        {
            _ = SetSid();
        }
    }

    [DllImport("libc", EntryPoint = "setsid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetSid();

    [LoggerMessage(1, LogLevel.Information, "Serving on 127.0.0.1:{Port} as process {Pid}; ends {Linger} after the last client left.")]
    private static partial void LogServing(ILogger log, int port, int pid, TimeSpan linger);

    [LoggerMessage(2, LogLevel.Information, "Ending: {Why}.")]
    private static partial void LogEnding(ILogger log, string why);

    [LoggerMessage(3, LogLevel.Critical, "The embedded store could not run. If its data in {Directory} is broken, move it away.")]
    private static partial void LogFailed(ILogger log, Exception exception, string directory);
}
