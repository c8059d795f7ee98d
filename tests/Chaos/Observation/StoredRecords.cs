using System.Globalization;
using System.Text.Json;

namespace OrleansHealing.Chaos.Observation;

/// <summary>The JSON of the store's records, read by field names alone: a reader of the product's own would share its mistakes.</summary>
internal static class StoredRecords
{
    public static StateSeen State(string json)
    {
        var record = Parse(json);
        return new StateSeen(
            Text(record, "status"), Number(record, "incarnation"), (int)Number(record, "consecutiveFailures"),
            record.TryGetProperty("nextRestartAt", out var next) ? next.GetDateTimeOffset() : null);
    }

    public static DeadlineSeen Deadline(string member, double score)
    {
        var at = member.LastIndexOf('#');
        return new DeadlineSeen(
            member[..at], long.Parse(member.AsSpan(at + 1), CultureInfo.InvariantCulture), DateTimeOffset.FromUnixTimeMilliseconds((long)score));
    }

    public static BeatSeen Beat(string json)
    {
        var record = Parse(json);
        return new BeatSeen(
            Number(record, "incarnation"), Number(record, "sequence"), Text(record, "host"),
            record.TryGetProperty("progress", out var progress) ? progress : null);
    }

    public static CheckpointSeen Checkpoint(string json)
    {
        var record = Parse(json);
        return new CheckpointSeen(Number(record, "incarnation"), Number(record, "sequence"));
    }

    public static ActionSeen Action(string json)
    {
        var record = Parse(json);
        return new ActionSeen(
            Text(record, "id"), record.GetProperty("at").GetDateTimeOffset(), record.GetProperty("agentId").GetString() ?? "(all)", Text(record, "action"),
            Number(record, "incarnation"), Text(record, "reason"), Text(record, "details"), (int)Number(record, "consecutiveFailures"));
    }

    public static SiloSeen Silo(string json)
    {
        var record = Parse(json);
        return new SiloSeen(Text(record, "name"), (int)Number(record, "pid"));
    }

    private static JsonElement Parse(string json) => JsonSerializer.Deserialize<JsonElement>(json);

    private static string Text(JsonElement record, string name) => record.GetProperty(name).GetString()!;

    private static long Number(JsonElement record, string name) => record.GetProperty(name).GetInt64();
}
