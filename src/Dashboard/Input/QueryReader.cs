using Microsoft.AspNetCore.Http;
using OrleansHealing.Agents;
using OrleansHealing.Dashboard.Api;
using OrleansHealing.Input;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Dashboard.Input;

/// <summary>Reads the query of a request, and names everything that is wrong with it at once. An empty value is as good as none.</summary>
internal sealed class QueryReader
{
    private const int MaxTextLength = 256;
    private readonly IQueryCollection _query;
    private readonly FaultList _faults = new();

    /// <param name="request">The request.</param>
    /// <param name="known">Every parameter that it may have.</param>
    public QueryReader(HttpRequest request, params string[] known)
    {
        _query = request.Query;
        foreach (var name in _query.Keys.Where(k => !known.Contains(k, StringComparer.OrdinalIgnoreCase)))
        {
            _faults.Add(Texts.Shorten(name), known.Length is 0 ? "is unknown (no parameter is taken)" : $"is unknown (known: {string.Join(", ", known)})");
        }
    }

    /// <summary>A text; null when it is not given.</summary>
    public string? Text(string name)
    {
        var values = _query[name];
        if (values.Count > 1)
        {
            _faults.Add(name, FormattableString.Invariant($"must be given once (it is given {values.Count} times)"));
            return null;
        }

        var text = values.ToString();
        if (text.Length > MaxTextLength)
        {
            _faults.Add(name, FormattableString.Invariant($"must be at most {MaxTextLength} characters (it is {text.Length})"));
            return null;
        }

        return text.Length is 0 ? null : text;
    }

    /// <summary>A whole number from 1 to <paramref name="max"/>.</summary>
    public int Limit(string name, int max, int otherwise)
    {
        if (Text(name) is not { } text)
        {
            return otherwise;
        }

        if (int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
            && number >= 1 && number <= max)
        {
            return number;
        }

        _faults.Add(name, FormattableString.Invariant($"must be a whole number from 1 to {max} (it is '{Texts.Shorten(text)}')"));
        return otherwise;
    }

    /// <summary>An incarnation; null when none is given.</summary>
    public long? Incarnation(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (long.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
            && number is >= 1 and <= Preconditions.MaxIncarnation)
        {
            return number;
        }

        _faults.Add(name, FormattableString.Invariant($"must be a whole number from 1 to {Preconditions.MaxIncarnation} (it is '{Texts.Shorten(text)}')"));
        return null;
    }

    /// <summary>A number of seconds, which has to be given.</summary>
    public double Seconds(string name, double min, double max)
    {
        var text = Text(name);
        if (double.TryParse(text, System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out var seconds)
            && seconds >= min && seconds <= max)
        {
            return seconds;
        }

        _faults.Add(name, FormattableString.Invariant($"must be {min} to {max} seconds (it is {(text is null ? "not given" : $"'{Texts.Shorten(text)}'")})"));
        return min;
    }

    /// <summary>A word of an enum.</summary>
    public T? Word<T>(string name)
        where T : struct, Enum
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (Words.TryParse<T>(text, out var value))
        {
            return value;
        }

        _faults.Add(name, $"must be one of {Words.List<T>()} (it is '{Texts.Shorten(text)}')");
        return null;
    }

    /// <summary>An agent's id.</summary>
    public AgentId? Agent(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (AgentId.TryParse(text, out var id))
        {
            return id;
        }

        _faults.Add(name, $"{AgentId.Rule} (it is '{Texts.Shorten(text)}')");
        return null;
    }

    /// <summary>Labels as <c>name=value</c>, each given once or more often with different names; null when none is.</summary>
    public IReadOnlyDictionary<string, string>? Labels(string name)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in _query[name].Where(v => !string.IsNullOrEmpty(v)))
        {
            var equals = text!.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
            {
                _faults.Add(name, $"must be NAME=VALUE (it is '{Texts.Shorten(text)}')");
            }
            else if (!labels.TryAdd(text[..equals], text[(equals + 1)..]))
            {
                _faults.Add(name, $"must name a label once ('{Texts.Shorten(text[..equals])}' is there again)");
            }
        }

        if (LabelRules.Fault(labels) is { } fault)
        {
            _faults.Add(name, fault.Rule);
        }

        return labels.Count > 0 ? labels : null;
    }

    /// <summary>Who is meant: with these labels, or, said so, everybody.</summary>
    public IReadOnlyDictionary<string, string> Scope(string all, string label)
    {
        var labels = Labels(label);
        var isAll = Text(all);
        if (isAll is not (null or "true"))
        {
            _faults.Add(all, $"must be true (it is '{Texts.Shorten(isAll)}')");
        }
        else if (labels is null == isAll is null && _faults.Items.Count is 0)
        {
            _faults.Add(label, $"must be given, or {all}=true, and not both");
        }

        return labels ?? new Dictionary<string, string>();
    }

    /// <summary>Text that an answer gave: printable ASCII without spaces.</summary>
    public string? Token(string name, string rule, Func<string, bool>? isRight = null)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (text.All(c => c is > ' ' and < '\x7f') && (isRight is null || isRight(text)))
        {
            return text;
        }

        _faults.Add(name, $"{rule} (it is '{Texts.Shorten(text)}')");
        return null;
    }

    /// <summary>Call after the last parameter was read.</summary>
    /// <exception cref="ProblemException">Something was wrong.</exception>
    public void ThrowIfWrong()
    {
        if (_faults.Items.Count > 0)
        {
            throw new ProblemException(Problem.Invalid(_faults.Items));
        }
    }
}
