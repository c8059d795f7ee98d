using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using OrleansHealing.Agents;
using OrleansHealing.Supervision;
using OrleansHealing.Telemetry;
using StackExchange.Redis;

namespace OrleansHealing.Heartbeats;

/// <summary>
/// Records to text and back. Each text starts with <c>{"v":1,</c>, its schema version; what has another version, a missing or
/// unknown field, a wrong type or a number out of range is malformed: counted, logged with its key, and never read as healthy.
/// </summary>
internal sealed partial class RecordCodec(HealingMetrics metrics, ILogger<RecordCodec> logger)
{
    private const string Version = "{\"v\":1,";
    private const int LargestKept = 64 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    private const string IncarnationRule = "incarnation must be 1 to 2^53";
    private const int MaxFailures = 1_000_000_000;
    private const double MaxWaitSeconds = 7 * 86_400;
    private readonly KnownFaults _known = new();

    /// <summary>The text of a record that has properties, in UTF-8.</summary>
    public static RedisValue Write<T>(T record, JsonTypeInfo<T> type)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(4096);
        var writer = _writer ??= new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        buffer.ResetWrittenCount();
        writer.Reset(buffer);
        JsonSerializer.Serialize(writer, record, type);
        writer.Flush();

        // Its own bracket makes way for the version.
        var text = new byte[Version.Length + buffer.WrittenCount - 1];
        Encoding.UTF8.GetBytes(Version, text);
        buffer.WrittenSpan[1..].CopyTo(text.AsSpan(Version.Length));
        if (buffer.Capacity > LargestKept)
        {
            (_buffer, _writer) = (null, null);
        }

        return text;
    }

    /// <summary>Told of each new fault once: the key, the field of a hash, and why. Must not throw.</summary>
    public Action<RedisKey, string?, string>? Refused { get; set; }

    /// <summary>Reads what stands under <paramref name="key"/>.</summary>
    /// <param name="value">What stands there.</param>
    /// <param name="type">The record that belongs there.</param>
    /// <param name="key">The key.</param>
    /// <param name="field">The field of a hash; null for an entry of a list.</param>
    /// <param name="rule">What the record breaks by standing in this place; null when nothing.</param>
    public StoredRecord<T> Read<T>(RedisValue value, JsonTypeInfo<T> type, RedisKey key, string? field = null, Func<T, string?>? rule = null)
        where T : class
    {
        if (value.IsNull)
        {
            Forget(key, field);
            return default;
        }

        var text = value.ToString();
        try
        {
            if (!text.StartsWith(Version, StringComparison.Ordinal))
            {
                throw new JsonException($"it does not start with {Version}");
            }

            var record = JsonSerializer.Deserialize(string.Concat("{", text.AsSpan(Version.Length)), type)
                ?? throw new JsonException("it is null");
            CheckRanges(record);
            if (rule?.Invoke(record) is { } broken)
            {
                throw new JsonException(broken);
            }

            Forget(key, field);
            return new StoredRecord<T>(record, text, null) { Raw = value };
        }
        catch (Exception e)
        {
            // Whatever a record makes of its reader, it is the record that is wrong, and it must not stop who reads the others.
            return Refuse(new StoredRecord<T>(null, text, null) { Raw = value }, key, field, e.Message);
        }
    }

    /// <summary>Counts and logs something under <paramref name="key"/> that is of another type than belongs there, and was renamed.</summary>
    public void RefuseKey(string key)
    {
        metrics.MalformedRecordSeen("Key");
        LogRenamed(logger, key);
    }

    /// <summary>Counted, logged and told once for as long as it stands there.</summary>
    private StoredRecord<T> Refuse<T>(StoredRecord<T> read, RedisKey key, string? field, string fault)
        where T : class
    {
        if (_known.IsNew(key.ToString(), field, read.Text))
        {
            metrics.MalformedRecordSeen(typeof(T).Name);
            LogMalformed(logger, typeof(T).Name, key.ToString(), field, fault);
            Refused?.Invoke(key, field, fault);
        }

        return read with { Value = null, Fault = fault };
    }

    /// <summary>The entries of a list cannot be told apart, and a right one says nothing of the others.</summary>
    private void Forget(RedisKey key, string? field)
    {
        if (field is not null && !_known.IsEmpty)
        {
            _known.Forget(key.ToString(), field);
        }
    }

    private static void CheckRanges(object record)
    {
        var fault = record switch
        {
            HealthState { Incarnation: < 1 or > StoreKeys.MaxIncarnation } => IncarnationRule,
            HealthState { ConsecutiveFailures: < 0 or > MaxFailures } => "consecutiveFailures must be 0 to 1,000,000,000",
            HealthState { TotalRestarts: < 0 } => "totalRestarts must not be negative",
            HealthState { Status: AgentStatus.Stale } => "status 'stale' is never stored",
            HealthState { Status: AgentStatus.BackingOff, NextRestartAt: null } => "status 'backing-off' needs nextRestartAt",
            MaintenanceOrder order when LabelRules.Fault(order.Labels) is { } wrong => wrong.ToString(),
            Heartbeat { Incarnation: < 1 or > StoreKeys.MaxIncarnation } => IncarnationRule,
            Heartbeat { PromiseSeconds: not (> 0 and < 1e7) } => "promiseSeconds must be positive",
            IncarnationReport { Incarnation: < 1 or > StoreKeys.MaxIncarnation } => IncarnationRule,
            IncarnationReport { RetryAfterSeconds: not (null or (>= 0 and <= MaxWaitSeconds)) } => "retryAfterSeconds must be 0 to a week",
            Checkpoint { Incarnation: < 1 or > StoreKeys.MaxIncarnation } => IncarnationRule,
            AgentDefinition { Id.Value: null } => "id must be given",
            AgentDefinition { Policy: { } policy } => PolicyRules.Check(policy).FirstOrDefault()?.ToString(),
            _ => null,
        };
        if (fault is not null)
        {
            throw new JsonException(fault);
        }
    }

    [LoggerMessage(1001, LogLevel.Warning, "A {Record} in the store cannot be read and is left out: key {Key}, field {Field}: {Fault}")]
    private static partial void LogMalformed(ILogger logger, string record, string key, string? field, string fault);

    [LoggerMessage(1002, LogLevel.Error, "Under '{Key}' stood something of another type than belongs there; it was renamed, and what belongs there begins anew")]
    private static partial void LogRenamed(ILogger logger, string key);
}
