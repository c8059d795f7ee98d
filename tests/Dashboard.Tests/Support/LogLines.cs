using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace OrleansHealing.Dashboard.Support;

/// <summary>Keeps what is logged.</summary>
public sealed class LogLines : ILoggerProvider, ILogger
{
    public ConcurrentQueue<string> All { get; } = [];

    /// <summary>What this project's own classes said.</summary>
    public ConcurrentQueue<string> Own { get; } = [];

    public ILogger CreateLogger(string categoryName) => categoryName.StartsWith("OrleansHealing", StringComparison.Ordinal) ? new OfOwn(this) : this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        All.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");

    public void Dispose()
    {
        // There is nothing to let go of.
    }

    private sealed class OfOwn(LogLines lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lines.Log(logLevel, eventId, state, exception, formatter);
            lines.Own.Enqueue($"{logLevel}: {formatter(state, exception)}");
        }
    }
}
