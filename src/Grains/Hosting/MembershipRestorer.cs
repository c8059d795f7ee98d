using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using OrleansHealing.Heartbeats;

namespace OrleansHealing.Hosting;

/// <summary>
/// Puts the cluster's membership back into a table that lost it. Orleans itself never does: silos whose rows are gone work on
/// with what they remember, nobody can join them, and they end themselves as soon as the table has a later version without them.
/// </summary>
/// <remarks>
/// What Orleans goes by is the version. As long as the table's is not later than the one that silos have seen, they do not look at
/// its rows. So the rows of all are put back first, each with a version of its own, as the table demands; then the version is
/// raised until it is later than any that was seen. Several silos can do that at once: each write is conditional on the
/// version, and whoever comes second looks again.
/// </remarks>
internal sealed partial class MembershipRestorer(
    IServiceProvider services, IClusterMembershipService membership, ILocalSiloDetails self, IOptions<ClusterOptions> cluster, TimeProvider time, ILogger<MembershipRestorer> logger)
    : BackgroundService
{
    private const int MostWrites = 1_000_000;

    // Two seconds, in which whoever else is at it has put it right.
    private const int UnreadableLooks = 4;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    private readonly IMembershipTable? _table = services.GetService<IMembershipTable>();
    private MembershipTableData? _seen;
    private int _unreadable;

    /// <summary>One look at the table, and what it takes to put it right.</summary>
    /// <returns>Whether something was lost.</returns>
    public async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        var table = await ReadAsync(cancellationToken);
        if (!IsActive || !IsLost(table))
        {
            _seen = IsNewer(table) ? table : _seen;
            return false;
        }

        var seen = _seen!;
        LogLost(logger, table.Version.Version, table.Members.Count, seen.Version.Version, seen.Members.Count);
        for (var writes = 0; writes < MostWrites && (table.Version.Version <= seen.Version.Version || Missing(table, seen) is not null); writes++)
        {
            if (!await WriteOneAsync(table, seen, cancellationToken))
            {
                // Somebody else wrote first; or the table has no version, without which nothing can be written.
                await GiveVersionAsync(cancellationToken);
            }

            table = await ReadAsync(cancellationToken);
        }

        _seen = table;
        LogRestored(logger, table.Members.Count, table.Version.Version);
        await membership.Refresh(cancellationToken: cancellationToken);
        return true;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_table is null)
        {
            return;
        }

        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await LookAsync(stoppingToken);
                }
                catch (Exception e) when (!stoppingToken.IsCancellationRequested)
                {
                    // The table is out of reach, or this silo is not up yet: looked at again in a moment.
                    LogMissed(logger, e.Message);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    /// <summary>
    /// A table only ever gets later versions, and a silo's row only goes with one: a silo that is missing from a later version was
    /// declared dead, and must not come back.
    /// </summary>
    private bool IsLost(MembershipTableData table) => _seen is { } seen && (table.Version.Version < seen.Version.Version
        || (table.Version.Version == seen.Version.Version && table.TryGet(self.SiloAddress) is null));

    private bool IsNewer(MembershipTableData table) =>
        table.Version.Version >= (_seen?.Version.Version ?? 0) && table.TryGet(self.SiloAddress) is { Item1.Status: SiloStatus.Active };

    /// <summary>A silo whose row is gone or went back. The dead need no row.</summary>
    private static (MembershipEntry Entry, string? Etag)? Missing(MembershipTableData table, MembershipTableData seen)
    {
        foreach (var (entry, _) in seen.Members)
        {
            var stands = table.TryGet(entry.SiloAddress);
            if (stands is null ? entry.Status is not SiloStatus.Dead : stands.Item1.Status < entry.Status)
            {
                return (entry, stands?.Item2);
            }
        }

        return null;
    }

    private async Task<bool> WriteOneAsync(MembershipTableData table, MembershipTableData seen, CancellationToken cancellationToken)
    {
        var next = table.Version.Next();
        if (Missing(table, seen) is { } missing)
        {
            return missing.Etag is null
                ? await _table!.InsertRowAsync(missing.Entry, next, cancellationToken)
                : await _table!.UpdateRowAsync(missing.Entry, missing.Etag, next, cancellationToken);
        }

        var (mine, etag) = table.TryGet(self.SiloAddress)!;
        return await _table!.UpdateRowAsync(mine, etag, next, cancellationToken);
    }

    /// <summary>
    /// Reads the table. One without a version is given one; and one whose content cannot be read, again and again, is emptied, since all that is
    /// right in it is known here. A provider that only does not answer keeps what it has.
    /// </summary>
    private async Task<MembershipTableData> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var table = await _table!.ReadAllAsync(cancellationToken);
            _unreadable = 0;
            return table;
        }
        catch (Exception e) when (_seen is not null && e is not OperationCanceledException && !StoreOutage.Is(e))
        {
            LogUnreadable(logger, e.Message);
            if (IsAboutContent(e) && IsActive && ++_unreadable % UnreadableLooks == 0)
            {
                await _table!.DeleteMembershipTableEntriesAsync(cluster.Value.ClusterId, cancellationToken);
            }

            await GiveVersionAsync(cancellationToken);
            return await _table!.ReadAllAsync(cancellationToken);
        }
    }

    private bool IsActive => membership.CurrentSnapshot.GetSiloStatus(self.SiloAddress) is SiloStatus.Active;

    /// <summary>Whether something stands in the table that is no membership, whatever the provider's serializer.</summary>
    private static bool IsAboutContent(Exception e)
    {
        for (var type = e.GetType(); type is not null; type = type.BaseType)
        {
            if (type.Name is "JsonException")
            {
                return true;
            }
        }

        return e is FormatException or ArgumentException or InvalidCastException or OverflowException or NullReferenceException || StoreOutage.IsWrongType(e);
    }

    /// <summary>
    /// Gives the table its first version if it has none, as is done when a silo starts; by a table of its own here, since initializing
    /// one twice would leak its connection.
    /// </summary>
    private async Task GiveVersionAsync(CancellationToken cancellationToken)
    {
        var spare = (IMembershipTable)ActivatorUtilities.CreateInstance(services, _table!.GetType());
        try
        {
            await spare.InitializeMembershipTableAsync(tryInitTableVersion: true, cancellationToken);
        }
        finally
        {
            if (spare is IAsyncDisposable disposable)
            {
                await disposable.DisposeAsync();
            }
        }
    }

    [LoggerMessage(1040, LogLevel.Error, "The membership table lost data: it is at version {Version} with {Rows} silos, and was at {SeenVersion} with {SeenRows}; what is known is put back")]
    private static partial void LogLost(ILogger logger, int version, int rows, int seenVersion, int seenRows);

    [LoggerMessage(1041, LogLevel.Warning, "The membership table has {Rows} silos again, at version {Version}")]
    private static partial void LogRestored(ILogger logger, int rows, int version);

    [LoggerMessage(1043, LogLevel.Warning, "The membership table cannot be read; what is known of it is put back: {Error}")]
    private static partial void LogUnreadable(ILogger logger, string error);

    [LoggerMessage(1042, LogLevel.Debug, "The membership table could not be looked at: {Error}")]
    private static partial void LogMissed(ILogger logger, string error);
}
