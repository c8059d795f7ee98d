using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using OrleansHealing.Hosting;
using OrleansHealing.Tests.Fleet;

namespace OrleansHealing.Tests.Hosting;

/// <summary>A membership table that loses its rows, and the silos that put them back, each by what it has seen.</summary>
public sealed class MembershipRestorerTests
{
    private static readonly SiloAddress One = SiloAddress.New(IPAddress.Loopback, 11111, 1);
    private static readonly SiloAddress Two = SiloAddress.New(IPAddress.Loopback, 11112, 2);
    private readonly MemoryMembershipTable _table = new(new MemoryMembershipTable.Rows());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Look_TableAsItWas_ChangesNothing()
    {
        await JoinAsync();
        var restorer = Restorer(One);

        Assert.False(await restorer.LookAsync(Cancellation));
        Assert.False(await restorer.LookAsync(Cancellation));
        Assert.Equal(20, _table.Version);
    }

    [Fact]
    public async Task Look_WipedTable_PutsAllRowsBackBeforeTheVersionIsLater()
    {
        await JoinAsync();
        var (one, two) = (Restorer(One), Restorer(Two));
        await one.LookAsync(Cancellation);
        await two.LookAsync(Cancellation);
        _table.Wipe();

        Assert.True(await one.LookAsync(Cancellation));
        Assert.False(await two.LookAsync(Cancellation));

        Assert.Equal((21, SiloStatus.Active, SiloStatus.Active), (_table.Version, _table.StatusOf(One), _table.StatusOf(Two)));
        Assert.True(_table.CompleteAt <= 20, $"the last row came with version {_table.CompleteAt}");
    }

    [Fact]
    public async Task Look_TableThatWentBack_KeepsTheDeadDead()
    {
        await JoinAsync();
        var restorer = Restorer(One);
        var older = _table.Copy();
        await _table.SetAsync(Two, SiloStatus.Dead);
        await restorer.LookAsync(Cancellation);
        _table.PutBack(older);

        Assert.True(await restorer.LookAsync(Cancellation));

        Assert.Equal((22, SiloStatus.Active, SiloStatus.Dead), (_table.Version, _table.StatusOf(One), _table.StatusOf(Two)));
    }

    [Fact]
    public async Task Look_LaterTableWithoutThisSilo_LetsItBeDead()
    {
        await JoinAsync();
        var restorer = Restorer(One);
        await restorer.LookAsync(Cancellation);
        await _table.SetAsync(One, null);

        Assert.False(await restorer.LookAsync(Cancellation));
        Assert.Null(_table.StatusOf(One));
    }

    [Fact]
    public async Task Look_TableThatCannotBeRead_IsEmptiedAndFilledAgainAfterSomeLooks()
    {
        await JoinAsync();
        var restorer = Restorer(One);
        await restorer.LookAsync(Cancellation);
        _table.Garble();

        for (var look = 1; look < 4; look++)
        {
            await Assert.ThrowsAsync<FormatException>(() => restorer.LookAsync(Cancellation));
        }

        Assert.True(await restorer.LookAsync(Cancellation));
        Assert.Equal((21, SiloStatus.Active, SiloStatus.Active), (_table.Version, _table.StatusOf(One), _table.StatusOf(Two)));
    }

    [Fact]
    public async Task Look_ProviderThatDoesNotAnswer_KeepsWhatItHas()
    {
        await JoinAsync();
        var restorer = Restorer(One);
        await restorer.LookAsync(Cancellation);
        var before = _table.Copy();
        _table.Outage = new InvalidOperationException("Too many requests.");

        for (var look = 1; look <= 8; look++)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => restorer.LookAsync(Cancellation));
        }

        Assert.Equal((before.Version, before.Entries.Count), (_table.Version, _table.Copy().Entries.Count));
    }

    private async Task JoinAsync()
    {
        await _table.InitializeMembershipTable(tryInitTableVersion: true);
        await _table.SetAsync(One, SiloStatus.Active);
        await _table.SetAsync(Two, SiloStatus.Active);
        while (_table.Version < 20)
        {
            await _table.SetAsync(One, SiloStatus.Active);
        }
    }

    private MembershipRestorer Restorer(SiloAddress self)
    {
        var services = new ServiceCollection().AddSingleton<IMembershipTable>(_table).AddSingleton(_table.Content).BuildServiceProvider();
        var snapshot = new ClusterMembershipSnapshot(
            ImmutableDictionary<SiloAddress, ClusterMember>.Empty.Add(self, new ClusterMember(self, SiloStatus.Active, "one")),
            new MembershipVersion(20));
        var membership = Stub.Of<IClusterMembershipService>(("CurrentSnapshot", _ => snapshot), ("Refresh", _ => ValueTask.CompletedTask));
        var details = Stub.Of<ILocalSiloDetails>(("SiloAddress", _ => self));
        return new MembershipRestorer(
            services, membership, details, Options.Create(new ClusterOptions()), TimeProvider.System, NullLogger<MembershipRestorer>.Instance);
    }
}
