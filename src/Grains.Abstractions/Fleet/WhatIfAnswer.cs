namespace OrleansHealing.Fleet;

/// <summary>What another timeout would have meant, worked out from the heartbeats and failures that were recorded.</summary>
[GenerateSerializer, Immutable, Alias("healing.WhatIfAnswer")]
public sealed record WhatIfAnswer
{
    /// <summary>The shortest timeout that can be asked about, seconds: the shortest that there can be.</summary>
    public const double LeastSeconds = 0.05;

    /// <summary>The longest timeout that can be asked about, seconds: a day.</summary>
    public const double MostSeconds = 86_400;

    /// <summary>The timeout that was asked about, seconds.</summary>
    [Id(0)]
    public required double TimeoutSeconds { get; init; }

    /// <summary>Each kind of which something was recorded.</summary>
    [Id(1)]
    public required IReadOnlyList<WhatIfKind> Kinds { get; init; }

    /// <summary>What the record cannot tell; a sentence each.</summary>
    [Id(2)]
    public required IReadOnlyList<string> Unknown { get; init; }
}
