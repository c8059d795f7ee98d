using Microsoft.Extensions.Options;
using OrleansHealing.Dashboard.Hosting;

namespace OrleansHealing.Dashboard.Access;

/// <summary>The keys of the options.</summary>
internal sealed class ApiKeyRing(IOptions<HealingDashboardOptions> options)
{
    private readonly ApiKey[] _keys = [.. Given(options.Value.ApiKeys).Select(k => Parse(k.Text).Key).OfType<ApiKey>()];

    public bool IsEmpty => _keys.Length is 0;

    /// <summary>The key of this digest. All keys are compared whatever the first ones say, so that the time tells nothing.</summary>
    public ApiKey? Find(byte[] digest) => First(key => key.Is(digest));

    public ApiKey? First(Func<ApiKey, bool> isIt)
    {
        ApiKey? found = null;
        foreach (var key in _keys)
        {
            if (isIt(key))
            {
                found ??= key;
            }
        }

        return found;
    }

    /// <summary>Every fault of keys that somebody configured: the index and the rule, never the key.</summary>
    public static IEnumerable<string> Check(IList<string> keys)
    {
        var parsed = Given(keys).Select(k => (k.Index, Result: Parse(k.Text))).ToList();
        foreach (var (index, (_, rule)) in parsed.Where(k => k.Result.Rule is not null))
        {
            yield return FormattableString.Invariant($"[{index}] {rule}.");
        }

        var names = parsed.Select(k => k.Result.Key?.Name).OfType<string>().GroupBy(n => n, StringComparer.Ordinal).Where(g => g.Count() > 1);
        foreach (var name in names)
        {
            yield return $" must give each name to one key (it gives '{name.Key}' to {name.Count()}).";
        }
    }

    /// <summary>An empty entry comes of a variable that is not set, and is none.</summary>
    private static IEnumerable<(int Index, string Text)> Given(IList<string> keys) =>
        keys.Select((text, index) => (index, text)).Where(k => !string.IsNullOrEmpty(k.text));

    private static (ApiKey? Key, string? Rule) Parse(string text) =>
        ApiKey.TryParse(text, out var key, out var rule) ? (key, null) : (null, rule);
}
