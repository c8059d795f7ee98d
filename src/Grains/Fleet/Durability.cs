using System.Globalization;

namespace OrleansHealing.Fleet;

/// <summary>What the store's settings let it lose, in plain words.</summary>
internal static class Durability
{
    /// <summary>Looks at settings as Redis names them; those of <c>INFO</c> with their section before a dot. What a store does not name is not judged.</summary>
    public static IEnumerable<DoctorFinding> Check(IReadOnlyDictionary<string, string> settings)
    {
        var eviction = settings.GetValueOrDefault("maxmemory-policy");
        yield return eviction is null or "" or "noeviction"
            ? new(DoctorLevel.Ok, "eviction", "no key is evicted")
            : new(DoctorLevel.Warning, "eviction", $"maxmemory-policy is {eviction}: Redis may drop agents under memory pressure; set noeviction");
        yield return CheckLog(settings);
        if (CheckReplicas(settings) is { } replicas)
        {
            yield return replicas;
        }
    }

    private static DoctorFinding CheckLog(IReadOnlyDictionary<string, string> settings) =>
        (settings.GetValueOrDefault("appendonly"), settings.GetValueOrDefault("appendfsync"), settings.GetValueOrDefault("save")) switch
        {
            ("no", _, "") => new(DoctorLevel.Warning, "durability", "appendonly is no and save is empty: nothing is written to disk, and all agents are lost when Redis ends; set appendonly yes"),
            ("no", _, _) => new(DoctorLevel.Warning, "durability", "appendonly is no: what was written since the last snapshot is lost when Redis dies; set appendonly yes"),
            (_, "no", _) => new(DoctorLevel.Warning, "durability", "appendfsync is no: when the machine of Redis dies, some tens of seconds of grants and checkpoints are lost; set appendfsync always, or everysec to lose about one second"),
            (_, "everysec", _) => new(DoctorLevel.Warning, "durability", "appendfsync is everysec: when the machine of Redis dies, about the last second of grants and checkpoints is lost; set appendfsync always to lose none"),
            _ => new(DoctorLevel.Ok, "durability", "writes are logged to disk"),
        };

    private static DoctorFinding? CheckReplicas(IReadOnlyDictionary<string, string> settings)
    {
        var replicas = Number(settings.GetValueOrDefault("replication.connected_slaves"));
        var least = Number(settings.GetValueOrDefault("min-replicas-to-write"));
        return replicas is 0 ? null
            : least is 0 ? new(DoctorLevel.Warning, "replicas", $"{replicas} connected and min-replicas-to-write is 0: a fail-over loses whatever no replica had got, however much that is; set min-replicas-to-write 1")
            : new(DoctorLevel.Ok, "replicas", $"{replicas} connected, {least} have to keep up");
    }

    private static int Number(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
