using StackExchange.Redis;

namespace OrleansHealing.Heartbeats;

/// <summary>What was found where a record belongs: the record, nothing, or something that is none.</summary>
/// <param name="Value">The record, if it could be read.</param>
/// <param name="Text">What stands there; null when nothing does.</param>
/// <param name="Fault">Why it could not be read.</param>
internal readonly record struct StoredRecord<T>(T? Value, string? Text, string? Fault)
    where T : class
{
    /// <summary>What stands there, byte for byte: a text that is no UTF-8 does not survive being read.</summary>
    public RedisValue Raw { get; init; }

    /// <summary>Whether something stands there that is no such record.</summary>
    public bool IsMalformed => Fault is not null;
}
