using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Orleans.Runtime.Messaging;
using StackExchange.Redis;

namespace OrleansHealing.Client.Connection;

/// <summary>Failures of the way to the fleet, not of what was asked: another silo, or the same one a little later, may answer.</summary>
internal static class TransportFailure
{
    public static bool Is(Exception exception) => exception switch
    {
        OrleansMessageRejectionException or ConnectionFailedException or ClientNotAvailableException or GatewayTooBusyException => true,
        EnumerationAbortedException or TimeoutException or ConnectionAbortedException or ConnectionResetException => true,
        SocketException or RedisException => true,
        AggregateException { InnerException: { } inner } => Is(inner),
        _ => false,
    };
}
