using System.Globalization;
using System.Text.RegularExpressions;

namespace OrleansHealing.Client.Verbs;

/// <summary>Spans as people type them: <c>8s</c>, <c>500ms</c>, <c>1m30s</c>; a lone number is seconds.</summary>
internal static partial class DurationText
{
    public static bool TryParse(string text, out TimeSpan span)
    {
        span = default;
        var match = Parts().Match(text);
        if (!match.Success || text.Length == 0)
        {
            return false;
        }

        var seconds = Number("h") * 3600 + Number("m") * 60 + Number("s") + Number("ms") / 1000;
        span = TimeSpan.FromTicks((long)Math.Round(Math.Min(seconds, TimeSpan.MaxValue.TotalSeconds / 2) * TimeSpan.TicksPerSecond));
        return true;

        double Number(string group) => match.Groups[group] is { Success: true } number ? double.Parse(number.ValueSpan, CultureInfo.InvariantCulture) : 0;
    }

    [GeneratedRegex(@"^((?<h>\d+(\.\d+)?)h)?((?<m>\d+(\.\d+)?)m(?!s))?((?<s>\d+(\.\d+)?)(s|$))?((?<ms>\d+(\.\d+)?)ms)?$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Parts();
}
