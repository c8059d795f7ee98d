using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace OrleansHealing.Dashboard.Access;

/// <summary>A key that lets its holder in, and the name that the action log then shows. Neither shows the key in any text.</summary>
internal sealed class ApiKey
{
    public const int MinLength = 16;
    public const int MaxLength = 256;
    public const int MaxNameLength = 64;

    private static readonly SearchValues<char> KeyCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=");

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._");

    private readonly byte[] _secret;
    private readonly byte[] _digest;

    private ApiKey(string? name, string secret)
    {
        Name = name;
        _secret = Encoding.ASCII.GetBytes(secret);
        _digest = DigestOf(secret);
    }

    public string? Name { get; }

    /// <summary>Takes <c>KEY</c> or <c>NAME:KEY</c>, or says which rule it breaks without showing it.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ApiKey? key, [NotNullWhen(false)] out string? rule)
    {
        key = null;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? null : text[..colon];
        var secret = text[(colon + 1)..];
        if (name is not null && (name.Length is 0 or > MaxNameLength || name.AsSpan().ContainsAnyExcept(NameCharacters)))
        {
            rule = $"must have a name of 1 to {MaxNameLength} characters out of A-Z a-z 0-9 . _ - before its colon";
            return false;
        }

        if (secret.Length is < MinLength or > MaxLength)
        {
            rule = FormattableString.Invariant($"must be {MinLength} to {MaxLength} characters, a name and a colon before them not counted (it has {secret.Length})");
            return false;
        }

        if (secret.AsSpan().ContainsAnyExcept(KeyCharacters))
        {
            rule = "must be characters out of A-Z a-z 0-9 - . _ ~ + / = after its name and colon";
            return false;
        }

        key = new ApiKey(name, secret);
        rule = null;
        return true;
    }

    public static byte[] DigestOf(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>Whether <paramref name="digest"/> is this key's, in a time that does not tell how much of it is right.</summary>
    public bool Is(byte[] digest) => CryptographicOperations.FixedTimeEquals(digest, _digest);

    /// <summary>A code that only who has the key can make.</summary>
    public byte[] Sign(string text) => HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(text));

    public override string ToString() => Name ?? "a key without a name";
}
