using System.Net.Sockets;
using OrleansHealing.Fleet;

namespace OrleansHealing.Tests.Fleet;

public sealed class OutOfReachTests
{
    public static TheoryData<Exception> Passing { get; } =
    [
        new StoreUnavailableException("the store is away"),
        new SiloUnavailableException("the silo died"),
        new GatewayTooBusyException(),
        new EnumerationAbortedException("the enumerator is gone"),
        new TimeoutException(),
        new SocketException(),
        new OperationCanceledException(),
        new TaskCanceledException(),
        new AggregateException(new TimeoutException()),
        new OrleansException("wrapped", new StoreUnavailableException("the store is away")),
    ];

    public static TheoryData<Exception> Lasting { get; } =
    [
        new InvalidOperationException(),
        new OrleansException("bare"),
        new AggregateException(new ArgumentException("wrong")),
        new InvalidOperationException("wrapped", new TimeoutException()),
    ];

    [Theory]
    [MemberData(nameof(Passing), DisableDiscoveryEnumeration = true)]
    public void Is_FailureOfTheWay_IsOne(Exception exception) => Assert.True(OutOfReach.Is(exception, CancellationToken.None));

    [Theory]
    [MemberData(nameof(Lasting), DisableDiscoveryEnumeration = true)]
    public void Is_FailureOfWhatWasAsked_IsNone(Exception exception) => Assert.False(OutOfReach.Is(exception, CancellationToken.None));

    [Fact]
    public void Is_CancellationOfTheCallersOwn_IsNone() =>
        Assert.False(OutOfReach.Is(new OperationCanceledException(), new CancellationToken(canceled: true)));
}
