using Microsoft.Extensions.Logging;

namespace OrleansHealing.Silo.EmbeddedStore;

public sealed class BoundedFileLoggerTests
{
    [Fact]
    public void Log_FarMoreThanTheLimit_KeepsTheLastAndStaysBounded()
    {
        var directory = Directory.CreateTempSubdirectory("healing-log-");
        try
        {
            var path = Path.Combine(directory.FullName, "store.log");
            using var file = new BoundedFileLogger(path, maxBytes: 2_000, TimeProvider.System);
            var log = file.CreateLogger("test");
            for (var i = 0; i < 500; i++)
            {
                log.Log(LogLevel.Warning, default, i, null, (number, _) => $"line {number}");
            }

            Assert.EndsWith("line 499", BoundedFileLogger.LastLines(path, 1).Single(), StringComparison.Ordinal);
            Assert.Equal(2, directory.GetFiles().Length);
            Assert.All(directory.GetFiles(), each => Assert.InRange(each.Length, 1, 2_000));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
