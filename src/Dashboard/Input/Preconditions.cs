using System.Globalization;
using Microsoft.AspNetCore.Http;
using OrleansHealing.Dashboard.Api;
using OrleansHealing.Input;

namespace OrleansHealing.Dashboard.Input;

/// <summary>What a request wants to be true before it is carried out.</summary>
internal static class Preconditions
{
    public const string IfIncarnation = "If-Incarnation";

    /// <summary>The store's scripts count in doubles.</summary>
    public const long MaxIncarnation = 1L << 53;

    /// <summary>The incarnation that the agent must be at; null when the request does not say.</summary>
    /// <exception cref="ProblemException">It says something else.</exception>
    public static long? Incarnation(HttpRequest request)
    {
        if (!request.Headers.TryGetValue(IfIncarnation, out var values))
        {
            return null;
        }

        var text = values.ToString();
        return values.Count is 1 && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= MaxIncarnation
            ? number
            : throw new ProblemException(Problem.Invalid(IfIncarnation, FormattableString.Invariant($"must be a whole number from 1 to {MaxIncarnation} (it is '{Texts.Shorten(text)}')")));
    }
}
