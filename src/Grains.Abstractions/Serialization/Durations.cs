using System.Buffers;
using System.Globalization;
using System.Text;

namespace OrleansHealing.Serialization;

/// <summary>Spans as people write and say them: <c>90s</c>, <c>2h</c>, <c>1h30m</c>, <c>500ms</c>; <c>1 h 30 min</c>.</summary>
public static class Durations
{
    /// <summary>What <see cref="TryParse"/> takes, for messages.</summary>
    public const string Rule = "must be a span like 90s, 30m, 2h, 1h30m or 3d";

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    private static readonly (string Unit, string Word, TimeSpan Length)[] Units =
    [
        ("d", "d", TimeSpan.FromDays(1)), ("h", "h", TimeSpan.FromHours(1)), ("m", "min", TimeSpan.FromMinutes(1)), ("s", "s", TimeSpan.FromSeconds(1)),
        ("ms", "ms", TimeSpan.FromMilliseconds(1)),
    ];

    /// <summary>The span in full, to the second; under a second in milliseconds.</summary>
    public static string ToWords(TimeSpan span)
    {
        if (span < TimeSpan.FromSeconds(1))
        {
            return string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0.#} ms");
        }

        var left = TimeSpan.FromSeconds(Math.Round(span.TotalSeconds));
        var words = new StringBuilder();
        foreach (var (_, word, length) in Units)
        {
            var count = (long)(left / length);
            left -= count * length;
            if (count > 0)
            {
                words.Append(words.Length > 0 ? " " : "").Append(count).Append(' ').Append(word);
            }
        }

        return words.ToString();
    }

    /// <summary>Reads numbers with their units, largest first and each once; a lone number is seconds.</summary>
    public static bool TryParse(string text, out TimeSpan span)
    {
        ArgumentNullException.ThrowIfNull(text);
        span = TimeSpan.Zero;
        if (TryNumber(text, out var seconds))
        {
            return TryAdd(ref span, seconds, TimeSpan.FromSeconds(1));
        }

        var rest = text.AsSpan();
        var nextUnit = 0;
        while (!rest.IsEmpty)
        {
            var letters = rest.IndexOfAnyExcept(Digits);
            var length = letters < 0 ? 0 : rest[letters..].IndexOfAny(Digits) is >= 0 and var end ? end : rest.Length - letters;
            var word = letters < 0 ? "" : rest.Slice(letters, length).ToString();
            var unit = Array.FindIndex(Units, u => u.Unit == word);
            if (unit < nextUnit || !TryNumber(rest[..letters], out var count) || !TryAdd(ref span, count, Units[unit].Length))
            {
                return false;
            }

            rest = rest[(letters + length)..];
            nextUnit = unit + 1;
        }

        return text.Length > 0;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out double number) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    private static bool TryAdd(ref TimeSpan span, double count, TimeSpan unit)
    {
        var seconds = span.TotalSeconds + (count * unit.TotalSeconds);
        if (seconds > TimeSpan.MaxValue.TotalSeconds / 2)
        {
            return false;
        }

        span = TimeSpan.FromSeconds(seconds);
        return true;
    }
}
