using System.Globalization;
using System.Text;

namespace OrleansHealing.Silo.EmbeddedStore;

/// <summary>
/// A log file that never grows beyond its limit: full, it becomes <c>name.1</c>, in place of the one before, and begins anew.
/// </summary>
internal sealed class BoundedFileLogger(string path, long maxBytes, TimeProvider time) : ILoggerProvider
{
    private readonly Lock _writing = new();

    /// <summary>The last lines of such a file, or none where there is no file.</summary>
    public static IReadOnlyList<string> LastLines(string path, int count)
    {
        try
        {
            return [.. File.ReadLines(path).TakeLast(count)];
        }
        catch (IOException)
        {
            // No log is an answer too: the process did not come as far as writing one.
            return [];
        }
    }

    public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

    public void Dispose()
    {
    }

    private void Write(string text)
    {
        lock (_writing)
        {
            try
            {
                if (new FileInfo(path) is { Exists: true } file && file.Length + Encoding.UTF8.GetByteCount(text) > maxBytes)
                {
                    file.MoveTo(path + ".1", overwrite: true);
                }

                File.AppendAllText(path, text);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A store that serves without a log is better than none, and there is no other place to say it.
            }
        }
    }

    private sealed class Category(BoundedFileLogger file, string name) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            var at = file.Time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
            var error = exception is null ? string.Empty : $" {exception}";
            file.Write($"{at} {logLevel} {name}: {formatter(state, exception)}{error}{Environment.NewLine}");
        }
    }

    private TimeProvider Time => time;
}
