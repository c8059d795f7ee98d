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
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    private IReadOnlyDictionary<string, SiloRecord> _records = new Dictionary<string, SiloRecord>();

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    await LookAsync();
                }
                catch (Exception e)
                {
                    // Without the store nobody can be declared dead; probes and deadlines go on without this.
                    LogMissed(logger, e.Message);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task LookAsync()
    {
        var others = membership.CurrentSnapshot.Members.Values
            .Where(m => m.Status is SiloStatus.Active && !m.SiloAddress.Equals(self.SiloAddress))
            .Select(m => m.SiloAddress)
            .ToList();
        if (others.Exists(s => !_records.ContainsKey(s.ToParsableString())))
        {
            _records = await store.SilosAsync();
        }

        foreach (var silo in others)
        {
            if (_records.TryGetValue(silo.ToParsableString(), out var record)
                && IsGone(record))
            {
                LogDead(logger, record.Name, record.Pid);
                await membership.TryKill(silo);
            }
        }
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
