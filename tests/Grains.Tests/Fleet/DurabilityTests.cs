using OrleansHealing.Fleet;

namespace OrleansHealing.Tests.Fleet;

public sealed class DurabilityTests
{
    [Theory]
    [InlineData("maxmemory-policy=allkeys-lru", "eviction", "drop agents")]
    [InlineData("appendonly=no save=", "durability", "all agents are lost when Redis ends")]
    [InlineData("appendonly=no save=3600,1", "durability", "since the last snapshot")]
    [InlineData("appendonly=yes appendfsync=no", "durability", "some tens of seconds")]
    [InlineData("appendonly=yes appendfsync=everysec", "durability", "about the last second")]
    [InlineData("appendonly=yes appendfsync=always replication.connected_slaves=2 min-replicas-to-write=0", "replicas", "whatever no replica had got")]
    public void Check_SettingThatLosesWrites_WarnsOfWhatIsLost(string settings, string about, string words)
    {
        var warning = Assert.Single(Durability.Check(Read(settings)), f => f.Level is not DoctorLevel.Ok);

        Assert.Equal((DoctorLevel.Warning, about), (warning.Level, warning.Check));
        Assert.Contains(words, warning.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 2)]
    [InlineData("maxmemory-policy=noeviction appendonly=yes appendfsync=always save= replication.connected_slaves=0", 2)]
    [InlineData("appendonly=yes appendfsync=always replication.connected_slaves=1 min-replicas-to-write=1", 3)]
    public void Check_SettingsThatLoseNothing_IsWell(string settings, int findings)
    {
        var found = Durability.Check(Read(settings)).ToList();

        Assert.Equal(findings, found.Count);
        Assert.All(found, f => Assert.Equal(DoctorLevel.Ok, f.Level));
    }

    private static Dictionary<string, string> Read(string settings) => settings
        .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(s => s.Split('=')).ToDictionary(s => s[0], s => s[1], StringComparer.Ordinal);
}
