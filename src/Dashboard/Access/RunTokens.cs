using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using OrleansHealing.Agents;

namespace OrleansHealing.Dashboard.Access;

/// <summary>
/// Tokens of the processes that agents run. As with a browser's session nothing is kept of them: a token is the incarnation and a
/// code of it and of the agent, made with a key, so every host that has the key takes it, and a key that is withdrawn ends them.
/// </summary>
internal sealed class RunTokens(ApiKeyRing ring) : IRunTokens
{
    private const string Prefix = "run-";
    private const int CodeLength = 32;
    private const int LongestToken = 80;

    public string? Create(AgentId id, long incarnation) => ring.First(_ => true) is { } key
        ? string.Create(CultureInfo.InvariantCulture, $"{Prefix}{incarnation}.{Base64Url.EncodeToString(key.Sign(TextOf(id, incarnation)))}")
        : null;

    /// <summary>The incarnation of <paramref name="id"/> whose token this is; null when it is none.</summary>
    public long? Find(string token, AgentId id)
    {
        if (token.Length > LongestToken
            || !token.StartsWith(Prefix, StringComparison.Ordinal)
            || token[Prefix.Length..].Split('.') is not [var number, var code]
            || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var incarnation))
        {
            return null;
        }

        Span<byte> given = stackalloc byte[LongestToken];
        if (!Base64Url.IsValid(code) || !Base64Url.TryDecodeFromChars(code, given, out var length) || length is not CodeLength)
        {
            return null;
        }

        var bytes = given[..length].ToArray();
        return ring.First(key => CryptographicOperations.FixedTimeEquals(bytes, key.Sign(TextOf(id, incarnation)))) is null ? null : incarnation;
    }

    private static string TextOf(AgentId id, long incarnation) =>
        string.Create(CultureInfo.InvariantCulture, $"OrleansHealing run {incarnation} of {id}");
}
