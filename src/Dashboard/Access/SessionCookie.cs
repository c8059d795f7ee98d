using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using OrleansHealing.Dashboard.Hosting;

namespace OrleansHealing.Dashboard.Access;

/// <summary>
/// What a browser that signed in carries: an expiry, and a code of it made with the key. Nothing is kept of it here, so every silo
/// that has the key takes it, and a key that is withdrawn ends its sessions.
/// </summary>
internal sealed class SessionCookie(ApiKeyRing ring, TimeProvider time, IOptions<HealingDashboardOptions> options)
{
    public const string Name = "healing-session";
    private const int LongestValue = 128;

    /// <summary>Clocks of silos differ a little.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private readonly TimeSpan _lifetime = options.Value.SessionLifetime;

    public void Give(HttpContext http, ApiKey key, string path)
    {
        var expiry = time.GetUtcNow() + _lifetime;
        var stamp = expiry.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        http.Response.Cookies.Append(Name, $"{stamp}.{Base64Url.EncodeToString(key.Sign(TextOf(stamp)))}", Options(http, path, _lifetime));
    }

    public static void Take(HttpContext http, string path) => http.Response.Cookies.Append(Name, "", Options(http, path, TimeSpan.Zero));

    /// <summary>The key that the request's cookie was made with, and when it is over; null when it has none that is good.</summary>
    public (ApiKey Key, DateTimeOffset Until)? Find(HttpRequest request)
    {
        if (request.Cookies[Name] is not { Length: > 0 and <= LongestValue } value
            || value.Split('.') is not [var stamp, var code]
            || !long.TryParse(stamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || !IsCurrent(seconds))
        {
            return null;
        }

        Span<byte> given = stackalloc byte[LongestValue];
        if (!Base64Url.IsValid(code) || !Base64Url.TryDecodeFromChars(code, given, out var length))
        {
            return null;
        }

        var bytes = given[..length].ToArray();
        return ring.First(key => CryptographicOperations.FixedTimeEquals(bytes, key.Sign(TextOf(stamp)))) is { } signer
            ? (signer, DateTimeOffset.FromUnixTimeSeconds(seconds))
            : null;
    }

    /// <summary>Also one that would last longer than sessions do now is over, so that a shorter lifetime counts at once.</summary>
    private bool IsCurrent(long expirySeconds)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        return expirySeconds > now && expirySeconds <= now + (_lifetime + Tolerance).TotalSeconds;
    }

    private static string TextOf(string stamp) => $"OrleansHealing session until {stamp}";

    private static CookieOptions Options(HttpContext http, string path, TimeSpan maxAge) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = http.Request.IsHttps,
        Path = path,
        MaxAge = maxAge,
    };
}
