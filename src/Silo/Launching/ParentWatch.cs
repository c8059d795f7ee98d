namespace OrleansHealing.Silo.Launching;

/// <summary>
/// Stops the silo, in order, when its launcher is gone. The launcher holds the other end of standard input; the system
/// closes it however the launcher ends, kill -9 included, so nothing has to be polled and no pid can be mistaken.
/// </summary>
internal sealed partial class ParentWatch : IHostedService
{
    private readonly Func<Stream> _openParent;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly ILogger<ParentWatch> _log;

    public ParentWatch(IHostApplicationLifetime lifetime, ILogger<ParentWatch> log)
        : this(Console.OpenStandardInput, lifetime, log)
    {
    }

    internal ParentWatch(Func<Stream> openParent, IHostApplicationLifetime lifetime, ILogger<ParentWatch> log)
    {
        _openParent = openParent;
        _lifetime = lifetime;
        _log = log;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // A thread of its own: reads of the console block, and a background thread does not hold up the end of the process.
        new Thread(Watch) { IsBackground = true, Name = nameof(ParentWatch) }.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Watch()
    {
        try
        {
            using var parent = _openParent();
            Span<byte> ignored = stackalloc byte[256];
            while (parent.Read(ignored) > 0)
            {
            }
        }
        catch (IOException e)
        {
            // A pipe that cannot be read is a pipe nobody holds.
            LogUnreadable(_log, e);
        }

        LogParentGone(_log);
        _lifetime.StopApplication();
    }

    [LoggerMessage(1, LogLevel.Information, "The launcher closed this silo's input; stopping.")]
    private static partial void LogParentGone(ILogger log);

    [LoggerMessage(2, LogLevel.Warning, "The launcher's pipe could not be read.")]
    private static partial void LogUnreadable(ILogger log, Exception exception);
}
