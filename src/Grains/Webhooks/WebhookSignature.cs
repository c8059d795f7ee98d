using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace OrleansHealing.Webhooks;

/// <summary>
/// Signs as Standard Webhooks 1.0 says (github.com/standard-webhooks/standard-webhooks): HMAC-SHA256 over id, time and body, by a shared
/// secret of 24 to 64 bytes that is written as <c>whsec_</c> and base64.
/// </summary>
internal static class WebhookSignature
{
    private const string Prefix = "whsec_";
    private const string Rule = "must be the shared secret: whsec_ and the base64 of 24 to 64 bytes.";

    /// <summary>What is wrong with a secret; null when nothing is. Does not repeat it.</summary>
    public static string? Fault(string? secret) => TryRead(secret, out _) ? null : Rule;

    /// <summary>The bytes of a secret.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static byte[] Read(string? secret) => TryRead(secret, out var bytes) ? bytes : throw new FormatException(Rule);

    /// <summary>Puts the three headers on a request.</summary>
    /// <param name="headers">Those of the request.</param>
    /// <param name="secret">The bytes of the secret.</param>
    /// <param name="id">Of the message: the same in each attempt to send it.</param>
    /// <param name="now">When it is sent.</param>
    /// <param name="body">What is sent.</param>
    public static void Put(HttpRequestHeaders headers, byte[] secret, string id, DateTimeOffset now, ReadOnlySpan<byte> body)
    {
        var seconds = now.ToUnixTimeSeconds();
        headers.Add("webhook-id", id);
        headers.Add("webhook-timestamp", seconds.ToString(CultureInfo.InvariantCulture));
        headers.Add("webhook-signature", Sign(secret, id, seconds, body));
    }

    private static string Sign(byte[] secret, string id, long unixSeconds, ReadOnlySpan<byte> body)
    {
        var head = Encoding.UTF8.GetBytes(FormattableString.Invariant($"{id}.{unixSeconds}."));
        return $"v1,{Convert.ToBase64String(HMACSHA256.HashData(secret, (byte[])[.. head, .. body]))}";
    }

    private static bool TryRead(string? secret, out byte[] bytes)
    {
        bytes = [];
        if (secret?.StartsWith(Prefix, StringComparison.Ordinal) is not true)
        {
            return false;
        }

        var buffer = new byte[secret.Length];
        if (!Convert.TryFromBase64String(secret[Prefix.Length..], buffer, out var length))
        {
            return false;
        }

        bytes = buffer[..length];
        return length is >= 24 and <= 64;
    }
}
