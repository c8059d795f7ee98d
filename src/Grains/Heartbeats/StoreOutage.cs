using System.Net.Sockets;
using StackExchange.Redis;

namespace OrleansHealing.Heartbeats;

/// <summary>Failures of the store or of the way to it. They pass; what they hit is tried again.</summary>
internal static class StoreOutage
{
    // What a server answers while it starts, fails over, is full or asks for a password. Any other answer of a server that is
    // an error (WRONGTYPE above all) is about what was asked, and comes again however often it is.
    private static readonly string[] Passing =
    [
        "LOADING", "BUSY", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "OOM", "MISCONF", "NOREPLICAS", "NOAUTH", "WRONGPASS",
    ];

    public static bool Is(Exception e) => e switch
    {
        RedisServerException refused => Array.Exists(Passing, word => refused.Message.Contains(word, StringComparison.Ordinal)),
        RedisException or TimeoutException => true,
        _ => IsBrokenConnection(e),
    };

    /// <summary>
    /// What a connection throws that breaks while it is written to: the client lets it through as it comes from the socket or
    /// the pipe below it (seen with 2.13: "Writing is not allowed after writer was completed"), or cancels what was on its way
    /// (seen with 2.13 when the server was killed: "A task was canceled", without a token, since nobody had asked for it).
    /// </summary>
    public static bool IsBrokenConnection(Exception e) => e is SocketException or IOException
        || e is OperationCanceledException { CancellationToken.CanBeCanceled: false }
        || (e is InvalidOperationException && e.Source is "System.IO.Pipelines" or "Pipelines.Sockets.Unofficial" or "StackExchange.Redis");

    /// <summary>Whether something of another type stands where the store's own belongs.</summary>
    public static bool IsWrongType(Exception e) => e is RedisServerException && e.Message.Contains("WRONGTYPE", StringComparison.Ordinal);

    /// <summary>
    /// Whether it passes, by itself or by a supervisor that sets a wrong type aside: nothing to count against an agent, and to be tried
    /// again by who has nobody else to leave it to.
    /// </summary>
    public static bool IsNobodysFault(Exception e) => Is(e) || IsWrongType(e);
}
