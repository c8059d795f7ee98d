using OrleansHealing.Fleet;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Heartbeats.Contract;

/// <summary>People's standing orders.</summary>
public abstract partial class HeartbeatStoreContract
{
    private static readonly SiloDrain Drain = new() { Actor = "anna", Reason = "upgrade", At = Now };

    private static readonly MaintenanceOrder Pause = new()
    {
        Labels = new Dictionary<string, string> { ["team"] = "red, \"blue\"", ["zone"] = "" },
        Actor = "anna",
        At = Now,
        Until = Now.AddHours(2),
    };

    [Fact]
    public async Task Drain_OfASilo_StandsUntilItIsTakenBackOrTheSiloIsForgotten()
    {
        await Store.DrainAsync("silo-a", Drain);
        await Store.DrainAsync("silo-b", Drain with { Reason = null });
        Assert.Equal([("silo-a", Drain), ("silo-b", Drain with { Reason = null })], (await Store.DrainsAsync()).OrderBy(d => d.Key).Select(d => (d.Key, d.Value)));

        await Store.DrainAsync("silo-a", null);
        await Store.DrainAsync("silo-a", null);
        await Store.ForgetSiloAsync("silo-b");

        Assert.Empty(await Store.DrainsAsync());
    }

    [Fact]
    public async Task Maintenance_OfAScope_IsTheLastThatWasGiven()
    {
        var all = Pause with { Labels = new Dictionary<string, string>(), Reason = "night" };
        await Store.SetMaintenanceAsync(Pause);
        await Store.SetMaintenanceAsync(all);
        await Store.SetMaintenanceAsync(Pause with { Until = null });

        Assert.Equal([all, Pause with { Until = null }], (await Store.MaintenanceAsync()).OrderBy(o => o.Scope, StringComparer.Ordinal));
        Assert.True(await Store.EndMaintenanceAsync(MaintenanceOrder.All));
        Assert.False(await Store.EndMaintenanceAsync(MaintenanceOrder.All));
        Assert.Equal(Pause with { Until = null }, Assert.Single(await Store.MaintenanceAsync()));
    }

    [Fact]
    public async Task ReplaceMaintenance_OfAnOrderThatWasChanged_LeavesTheNewOne()
    {
        var longer = Pause with { Until = Now.AddHours(3) };
        await Store.SetMaintenanceAsync(Pause);

        await Store.ReplaceMaintenanceAsync((await Store.MaintenanceAsync())[0], longer);
        await Store.ReplaceMaintenanceAsync(Pause, null);
        Assert.Equal(longer, Assert.Single(await Store.MaintenanceAsync()));

        await Store.ReplaceMaintenanceAsync((await Store.MaintenanceAsync())[0], null);
        Assert.Empty(await Store.MaintenanceAsync());
        await Store.ReplaceMaintenanceAsync(longer, Pause);
        Assert.Empty(await Store.MaintenanceAsync());
    }

    [Fact]
    public async Task Orders_ThatCannotBeRead_AreCountedAndHoldNobody()
    {
        await Store.SetMaintenanceAsync(Pause);
        var text = await _fleet.Database.HashGetAsync(_fleet.Keys.Maintenance, Pause.Scope);
        await _fleet.Database.HashSetAsync(_fleet.Keys.Maintenance, [
            new("all", text), new("team=red", "garbage"),
            new("team=", """{"v":1,"labels":{"team":null},"actor":"a","at":"2026-01-01T00:00:00Z"}"""),
        ]);
        await _fleet.Database.HashSetAsync(_fleet.Keys.Drains, "silo-a", "{}");

        Assert.Equal(Pause, Assert.Single(await Store.MaintenanceAsync()));
        Assert.Empty(await Store.DrainsAsync());
        Assert.Equal(4, await Store.CountMalformedAsync(0));

        await _fleet.Database.KeyDeleteAsync([_fleet.Keys.Maintenance, _fleet.Keys.Drains]);
        Assert.Equal(0, await Store.CountMalformedAsync(0));
    }

    [Fact]
    public async Task AlertRecords_ThatCannotBeRead_AreCounted()
    {
        await _fleet.Database.HashSetAsync(_fleet.Keys.Alerts, "quarantine/reader-1", "garbage");
        await _fleet.Database.HashSetAsync(_fleet.Keys.AlertSilences, "9f2c01ab", "{}");

        Assert.Empty(await Store.IncidentsAsync(0));
        Assert.Empty(await Store.AlertSilencesAsync());
        Assert.Equal(2, await Store.CountMalformedAsync(0));

        await _fleet.Database.KeyDeleteAsync([_fleet.Keys.Alerts, _fleet.Keys.AlertSilences]);
        Assert.Equal(0, await Store.CountMalformedAsync(0));
    }

    [Fact]
    public async Task Orders_UnderAKeyOfAnotherType_AreSetAside()
    {
        await _fleet.Database.StringSetAsync(_fleet.Keys.Maintenance, "x");
        await _fleet.Database.StringSetAsync(_fleet.Keys.Drains, "x");

        Assert.Empty(await Store.MaintenanceAsync());
        Assert.Empty(await Store.DrainsAsync());
        await Store.SetMaintenanceAsync(Pause);
        Assert.Single(await Store.MaintenanceAsync());
    }
}
