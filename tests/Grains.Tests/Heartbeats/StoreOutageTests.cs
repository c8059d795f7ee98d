using System.IO.Pipelines;
using System.Net.Sockets;
using OrleansHealing.Heartbeats;
using StackExchange.Redis;

namespace OrleansHealing.Tests.Heartbeats;

public sealed class StoreOutageTests
{
    public static TheoryData<Exception, bool> Failures() => new()
    {
        { new RedisConnectionException(ConnectionFailureType.SocketFailure, "gone"), true },
        { new RedisTimeoutException("late", CommandStatus.Sent), true },
        { new RedisServerException("LOADING Redis is loading the dataset in memory"), true },
        { new RedisServerException("OOM command not allowed when used memory > 'maxmemory'."), true },
        { new RedisServerException("WRONGTYPE Operation against a key holding the wrong kind of value"), false },
        { new RedisServerException("ERR unknown command"), false },
        { new SocketException(104), true },
        { new TaskCanceledException(), true },
        { new OperationCanceledException(new CancellationTokenSource().Token), false },
        { new InvalidOperationException("a bug"), false },
        { new ArgumentException("a bug"), false },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void Is_ByWhatPassesByItself(Exception failure, bool passes) => Assert.Equal(passes, StoreOutage.Is(failure));

    [Fact]
    public void Is_ConnectionThatBreaksWhileItIsWrittenTo_Passes()
    {
        var pipe = new Pipe();
        pipe.Writer.Complete();

        var failure = Assert.Throws<InvalidOperationException>(() => pipe.Writer.GetSpan(1).Length);

        Assert.True(StoreOutage.Is(failure), $"thrown by {failure.Source}");
    }
}
