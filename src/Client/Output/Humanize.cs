using System.Globalization;
using System.Text.Json;
using OrleansHealing.Serialization;

namespace OrleansHealing.Client.Output;

/// <summary>Times, spans and values as people say them. Every time is compared with the fleet's own clock.</summary>
internal static class Humanize
{
    /// <summary>What there is none of.</summary>
    public const string None = "-";

    public static string Ago(DateTimeOffset? at, DateTimeOffset now) => at switch
    {
        null => None,
        { } t when now - t < TimeSpan.FromSeconds(1) => "now",
        { } t => $"{Span(now - t)} ago",
    };

    /// <summary>A countdown: <c>in 4 s</c>, <c>in 1 h 59 min</c>, or <c>3 s over</c>.</summary>
    public static string Until(DateTimeOffset? at, DateTimeOffset now) => at switch
    {
        null => None,
        { } t when t > now => $"in {Left(RoundUp(t - now))}",
        { } t when now - t < TimeSpan.FromSeconds(1) => "now",
        { } t => $"{Span(now - t)} over",
    };

    /// <summary>What is left of a wait: in hours and days the next smaller unit still matters.</summary>
    private static string Left(TimeSpan span) => span switch
    {
        { TotalSeconds: >= 100 and < 600 } => Durations.ToWords(span),
        { TotalMinutes: < 100 } => Span(span),
        { TotalHours: < 48 } => Durations.ToWords(TimeSpan.FromMinutes(Math.Floor(span.TotalMinutes))),
        _ => Durations.ToWords(TimeSpan.FromHours(Math.Floor(span.TotalHours))),
    };

    /// <summary>A rough span in its largest unit.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 100 } => $"{(long)span.TotalSeconds} s",
        { TotalMinutes: < 100 } => $"{(long)span.TotalMinutes} min",
        { TotalHours: < 48 } => $"{(long)span.TotalHours} h",
        _ => $"{(long)span.TotalDays} d",
    };

    /// <summary>An exact span in seconds, e.g. of a policy.</summary>
    public static string Seconds(TimeSpan span) => Seconds(span.TotalSeconds);

    public static string Seconds(double seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.###} s");

    /// <summary>A JSON object as <c>name=value</c> words; anything else as its JSON. Values over <paramref name="longest"/> characters are cut.</summary>
    public static string Values(JsonText? json, int longest = int.MaxValue)
    {
        if (json is null)
        {
            return None;
        }

        using var document = JsonDocument.Parse(json.Value.Text);
        return document.RootElement.ValueKind is JsonValueKind.Object
            ? string.Join(' ', document.RootElement.EnumerateObject().Select(p => $"{Printable.Clean(p.Name)}={Value(p.Value, longest)}"))
            : Value(document.RootElement, longest);
    }

    public static string Pairs(IReadOnlyDictionary<string, string> pairs) =>
        pairs.Count is 0 ? None : Printable.Clean(string.Join(' ', pairs.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Value}")));

    /// <summary><c>1 agent</c>, <c>12 agents</c>.</summary>
    public static string Count(long count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {noun}{(count is 1 ? "" : "s")}");

    private static string Value(JsonElement value, int longest)
    {
        var text = value.ValueKind is JsonValueKind.String ? value.GetString()! : value.GetRawText();
        return Printable.Clean(text.Length > longest ? string.Concat(text.AsSpan(0, longest), "…") : text);
    }

    private static TimeSpan RoundUp(TimeSpan span) => TimeSpan.FromSeconds(Math.Ceiling(span.TotalSeconds));
}
