using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Orleans.Runtime.Messaging;

namespace OrleansHealing.Fleet;

/// <summary>
/// Tells failures of the way to the fleet, or of its store, from failures of what was asked: the same question may be answered
/// by another silo, or a little later. Whether an order was carried out is not known after one.
/// </summary>
public static class OutOfReach
{
    /// <summary>Whether <paramref name="exception"/> is such a failure.</summary>
    /// <param name="exception">What a call to <see cref="IFleetGrain"/> ended with.</param>
    /// <param name="own">
    /// What the caller itself cancels by. A cancellation that did not come from there is a silo's that stops in the middle of a call.
    /// </param>
    public static bool Is(Exception? exception, CancellationToken own) => exception switch
    {
        StoreUnavailableException => true,
        OrleansMessageRejectionException or ConnectionFailedException or ClientNotAvailableException or GatewayTooBusyException => true,
        EnumerationAbortedException or LimitExceededException or TimeoutException => true,
        ConnectionAbortedException or ConnectionResetException or SocketException => true,
        OperationCanceledException => !own.IsCancellationRequested,
        AggregateException or OrleansException => Is(exception.InnerException, own),
        _ => false,
    };
}
