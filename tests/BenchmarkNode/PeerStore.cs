using StackExchange.Redis;

namespace OrleansHealing.BenchmarkNode;

/// <summary>
/// Where a peer's workers beat: a sorted set of deadlines and a hash of who each worker is at present, as OrleansHealing has them, without
/// its fence. A body is one start of a worker.
/// </summary>
internal sealed class PeerStore(IDatabase database, string node)
{
    /// <summary><c>worker#body</c> to its deadline, ms since 1970.</summary>
    public const string Deadlines = "peer:deadlines";

    /// <summary>Worker to the body that beat first, last.</summary>
    public const string Bodies = "peer:bodies";

    /// <summary>Between two heartbeats.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1);

    /// <summary>From a heartbeat to its deadline.</summary>
    public static readonly TimeSpan Allowed = TimeSpan.FromSeconds(5);

    public static async Task<PeerStore> ConnectAsync(PeerArguments given) =>
        new((await ConnectionMultiplexer.ConnectAsync(given.Redis)).GetDatabase(), given.Name);

    /// <summary>A name for the start of a worker on this node, which no other has.</summary>
    public string NewBody() => $"{node}/{Guid.NewGuid().ToString("n")[..8]}";

    /// <summary>The first heartbeat of a body. Nobody waits for the store: it costs the worker nothing, as with OrleansHealing.</summary>
    public void Begin(string worker, string body)
    {
        database.HashSet(Bodies, worker, body, flags: CommandFlags.FireAndForget);
        Beat(worker, body);
    }

    public void Beat(string worker, string body) => database.SortedSetAdd(
        Deadlines, $"{worker}#{body}", DateTimeOffset.UtcNow.Add(Allowed).ToUnixTimeMilliseconds(), flags: CommandFlags.FireAndForget);
}
