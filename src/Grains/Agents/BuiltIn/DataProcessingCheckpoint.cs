namespace OrleansHealing.Agents.BuiltIn;

/// <summary>All that a later incarnation needs to go on as if nothing had happened.</summary>
internal sealed record DataProcessingCheckpoint
{
    /// <summary>Bytes taken so far, and so the offset to go on from.</summary>
    public required long Bytes { get; init; }

    public required long Lines { get; init; }

    public required long Words { get; init; }

    /// <summary>Whether the last byte was part of a word, which the next bytes may only prolong.</summary>
    public required bool InWord { get; init; }

    /// <summary>The state of the running hash; see <see cref="ResumableSha256.Export"/>.</summary>
    public required byte[] Sha256State { get; init; }
}
