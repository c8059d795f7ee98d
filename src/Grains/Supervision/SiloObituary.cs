using System.ComponentModel;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;

namespace OrleansHealing.Supervision;

/// <summary>
/// Tells the cluster's membership of silos on this machine whose process is gone. That is proof, not suspicion, and takes a
/// quarter of a second where missed probes take some; so probes can be patient with silos that are only slow. Silos on other
/// machines are left to the probes.
/// </summary>
internal sealed partial class SiloObituary(
    IHeartbeatStore store, IClusterMembershipService membership, ILocalSiloDetails self, TimeProvider time, ILogger<SiloObituary> logger)
    : BackgroundService, ILifecycleParticipant<ISiloLifecycle>
{
    private const int LooksBeforeJoining = 20;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    private IReadOnlyDictionary<string, SiloRecord> _records = new Dictionary<string, SiloRecord>();

    /// <summary>
    /// Looks before this silo joins: it may only join when it reaches every silo that membership believes in, and would wait for
    /// half a minute for those of a cluster that was killed.
    /// </summary>
    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe<SiloObituary>(ServiceLifecycleStage.RuntimeGrainServices + 1, BuryBeforeJoiningAsync);

    private async Task BuryBeforeJoiningAsync(CancellationToken cancellationToken)
    {
        // Others that start at the same moment write into the same table, and a store that was killed too has only just come back.
        for (var look = 1; !await TryLookAsync() && look < LooksBeforeJoining; look++)
        {
            await Task.Delay(Period, time, cancellationToken);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await TryLookAsync();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task<bool> TryLookAsync()
    {
        try
        {
            return await LookAsync();
        }
        catch (Exception e)
        {
            // Without the store nobody can be declared dead; probes and deadlines go on without this.
            LogMissed(logger, e.Message);
            return false;
        }
    }

    /// <returns>Whether all that are gone are declared dead.</returns>
    private async Task<bool> LookAsync()
    {
        var others = membership.CurrentSnapshot.Members.Values
            .Where(m => m.Status is not (SiloStatus.None or SiloStatus.Dead) && !m.SiloAddress.Equals(self.SiloAddress))
            .Select(m => m.SiloAddress)
            .ToList();
        if (others.Exists(s => !_records.ContainsKey(s.ToParsableString())))
        {
            _records = await store.SilosAsync();
        }

        var areAllDead = true;
        foreach (var silo in others)
        {
            if (_records.TryGetValue(silo.ToParsableString(), out var record)
                && IsGone(record))
            {
                if (await membership.TryKill(silo))
                {
                    LogDead(logger, record.Name, record.Pid);
                }
                else
                {
                    areAllDead = false;
                }
            }
        }

        return areAllDead;
    }

    private static bool IsGone(SiloRecord record)
    {
        try
        {
            return record.PidSpace == ProcessIdentity.Space && ProcessIdentity.StartOf(record.Pid) != record.ProcessStart;
        }
        catch (Win32Exception)
        {
            // There is one that this user may not look at: no proof.
            return false;
        }
    }

    [LoggerMessage(1240, LogLevel.Warning, "The process of silo {Silo} ({Pid}) is gone; the silo is declared dead")]
    private static partial void LogDead(ILogger logger, string silo, int pid);

    [LoggerMessage(1241, LogLevel.Debug, "Silos on this machine could not be looked at: {Error}")]
    private static partial void LogMissed(ILogger logger, string error);
}
