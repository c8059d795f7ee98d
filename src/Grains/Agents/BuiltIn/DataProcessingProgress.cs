using System.Text.Json.Serialization;

namespace OrleansHealing.Agents.BuiltIn;

/// <summary>How far a <see cref="DataProcessingAgent"/> is.</summary>
/// <param name="Lines">Newlines so far, as <c>wc -l</c> counts.</param>
/// <param name="Words">Words so far, as <c>wc -w</c> counts.</param>
/// <param name="Bytes">Bytes so far.</param>
/// <param name="Sha256">The hash of the bytes so far, lower-case hex.</param>
internal sealed record DataProcessingProgress(
    [property: JsonPropertyName("lines")] long Lines,
    [property: JsonPropertyName("words")] long Words,
    [property: JsonPropertyName("bytes")] long Bytes,
    [property: JsonPropertyName("sha256")] string Sha256);
