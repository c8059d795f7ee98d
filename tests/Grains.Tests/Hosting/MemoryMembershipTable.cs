using System.Globalization;

namespace OrleansHealing.Tests.Hosting;

/// <summary>A membership table with the conditions of the one on Redis: a version that each write must follow, and no reading without it.</summary>
internal sealed class MemoryMembershipTable(MemoryMembershipTable.Rows content) : IMembershipTable
{
    public Rows Content => content;

    public int? Version => content.Version;

    /// <summary>The version with which the second of two rows came back.</summary>
    public int CompleteAt { get; private set; }

    public SiloStatus? StatusOf(SiloAddress silo) => content.Entries.TryGetValue(silo, out var entry) ? entry.Status : null;

    /// <summary>Another silo's write; null takes its row away.</summary>
    public Task SetAsync(SiloAddress silo, SiloStatus? status)
    {
        content.Entries = new(content.Entries);
        if (status is { } given)
        {
            content.Entries[silo] = new MembershipEntry { SiloAddress = silo, Status = given, SiloName = "a silo", HostName = "a host", StartTime = DateTime.UnixEpoch };
        }
        else
        {
            content.Entries.Remove(silo);
        }

        content.Version++;
        return Task.CompletedTask;
    }

    public (int? Version, Dictionary<SiloAddress, MembershipEntry> Entries) Copy() => (content.Version, new(content.Entries));

    public void PutBack((int? Version, Dictionary<SiloAddress, MembershipEntry> Entries) copy) => (content.Version, content.Entries) = (copy.Version, new(copy.Entries));

    public void Wipe() => PutBack((null, []));

    public void Garble() => content.IsGarbled = true;

    /// <summary>What each reading fails with; null when it does not.</summary>
    public Exception? Outage { get; set; }

    public Task InitializeMembershipTable(bool tryInitTableVersion)
    {
        content.Version ??= 0;
        return Task.CompletedTask;
    }

    public Task DeleteMembershipTableEntries(string clusterId)
    {
        Wipe();
        content.IsGarbled = false;
        return Task.CompletedTask;
    }

    public Task<MembershipTableData> ReadAll()
    {
        if (Outage is not null)
        {
            throw Outage;
        }

        if (content.IsGarbled || content.Version is not { } version)
        {
            throw new FormatException("The table cannot be read.");
        }

        var etag = version.ToString(CultureInfo.InvariantCulture);
        return Task.FromResult(new MembershipTableData([.. content.Entries.Values.Select(e => Tuple.Create(e, etag))], new TableVersion(version, etag)));
    }

    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) =>
        Task.FromResult(!content.Entries.ContainsKey(entry.SiloAddress) && Write(entry, tableVersion));

    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) =>
        Task.FromResult(content.Entries.ContainsKey(entry.SiloAddress) && Write(entry, tableVersion));

    public Task<MembershipTableData> ReadRow(SiloAddress key) => throw new NotSupportedException();

    public Task UpdateIAmAlive(MembershipEntry entry) => throw new NotSupportedException();

    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => throw new NotSupportedException();

    private bool Write(MembershipEntry entry, TableVersion next)
    {
        if (content.IsGarbled || content.Version != next.Version - 1)
        {
            return false;
        }

        var before = content.Entries.Count;
        content.Entries[entry.SiloAddress] = entry;
        content.Version = next.Version;
        CompleteAt = before < 2 && content.Entries.Count == 2 ? next.Version : CompleteAt;
        return true;
    }

    /// <summary>What the table holds, whoever has it open.</summary>
    internal sealed class Rows
    {
        public int? Version { get; set; }

        public Dictionary<SiloAddress, MembershipEntry> Entries { get; set; } = [];

        public bool IsGarbled { get; set; }
    }
}
