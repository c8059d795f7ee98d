using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using OrleansHealing.Dashboard.Api;
using OrleansHealing.Dashboard.Hosting;

namespace OrleansHealing.Dashboard.Access;

/// <summary>How much one caller may send: writes, and keys that are wrong. Limiters of callers that are silent for a while are let go.</summary>
internal sealed class RequestLimits : IDisposable
{
    private const int Networks = 1024;
    private const int KeysEach = 16;
    private readonly HealingDashboardOptions _options;
    private readonly PartitionedRateLimiter<string> _writes;
    private readonly PartitionedRateLimiter<string> _keys;

    /// <summary>The last wrong keys of an address, newest first, so that scripts left behind with old ones lock nobody out.</summary>
    private readonly byte[][]?[] _wrong = new byte[][]?[Networks];

    public RequestLimits(IOptions<HealingDashboardOptions> options)
    {
        _options = options.Value;
        _writes = Create(_options.WriteBurst, Math.Max(1, _options.WritesPerSecond), TimeSpan.FromSeconds(1));
        _keys = Create(_options.WrongKeysPerMinute, 1, TimeSpan.FromMinutes(1) / _options.WrongKeysPerMinute);
    }

    /// <summary>Counts a write of a caller; how long to wait when they are too many, else null.</summary>
    public TimeSpan? TakeWrite(HttpContext http) => TakeWrites(http, 1);

    /// <summary>
    /// Counts what one write holds beside itself, which was counted; how long to wait when that is too many, else null. What is more
    /// than anybody may write at once costs all that, or it could never be done.
    /// </summary>
    public TimeSpan? TakeMore(HttpContext http, int writes) => TakeWrites(http, Math.Min(writes, _options.WriteBurst) - 1);

    /// <summary>How long to wait until one more key of the address is looked at; null when one is now.</summary>
    public TimeSpan? KeyWait(HttpContext http)
    {
        // A bucket fills by fractions, of which an attempt that costs nothing would be content.
        var network = NetworkOf(http);
        return _keys.GetStatistics(network) is { CurrentAvailablePermits: < 1 } ? Take(_keys, network, 1) : null;
    }

    /// <summary>Counts a wrong key of an address.</summary>
    public void TakeKey(HttpContext http) => Take(_keys, NetworkOf(http), 1);

    public bool IsKnownWrong(HttpContext http, byte[] digest) =>
        Volatile.Read(ref Slot(http)) is { } wrong && Array.Exists(wrong, w => CryptographicOperations.FixedTimeEquals(w, digest));

    /// <summary>Remembers a wrong key of an address. For one caller at a time.</summary>
    public void RememberWrong(HttpContext http, byte[] digest) =>
        Volatile.Write(ref Slot(http), [digest, .. (Slot(http) ?? []).Take(KeysEach - 1)]);

    public void Dispose()
    {
        _writes.Dispose();
        _keys.Dispose();
    }

    private TimeSpan? TakeWrites(HttpContext http, int count) => _options.WritesPerSecond is 0 || count is 0
        ? null
        : Take(_writes, Caller.HasName(http) ? Caller.Of(http) : NetworkOf(http), count);

    private static PartitionedRateLimiter<string> Create(int burst, int perPeriod, TimeSpan period) =>
        PartitionedRateLimiter.Create<string, string>(
            caller => RateLimitPartition.GetTokenBucketLimiter(caller, _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = burst,
                TokensPerPeriod = perPeriod,
                ReplenishmentPeriod = period,
                QueueLimit = 0,
            }),
            StringComparer.Ordinal);

    private static TimeSpan? Take(PartitionedRateLimiter<string> limiter, string caller, int count)
    {
        using var lease = limiter.AttemptAcquire(caller, count);
        return lease.IsAcquired ? null : lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) && wait > TimeSpan.Zero ? wait : TimeSpan.FromSeconds(1);
    }

    /// <summary>One household has a whole /64 of IPv6 addresses to call from.</summary>
    private static string NetworkOf(HttpContext http)
    {
        if (http.Connection.RemoteIpAddress is not { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } address)
        {
            return Caller.AddressOf(http);
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return $"{new IPAddress(bytes)}/64";
    }

    private ref byte[][]? Slot(HttpContext http) => ref _wrong[(int)((uint)string.GetHashCode(NetworkOf(http), StringComparison.Ordinal) % Networks)];
}
