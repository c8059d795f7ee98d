using Microsoft.Extensions.Options;
using OrleansHealing.Alerts;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;

namespace OrleansHealing.Fleet;

/// <summary>Looks at what an operator would want to be warned of.</summary>
internal sealed class Doctor(FleetReader reader, AlertReader alerts, IHeartbeatStore store, StoreClock clock, IOptions<HealingOptions> options)
{
    public async Task<IReadOnlyList<DoctorFinding>> ExamineAsync()
    {
        var findings = new List<DoctorFinding>();
        try
        {
            var began = clock.Monotonic;
            await store.SynchronizeClockAsync();
            findings.Add(new(DoctorLevel.Ok, "store", $"answers in {(clock.Monotonic - began).TotalMilliseconds:0.0} ms"));
            findings.AddRange(Durability.Check(await store.SettingsAsync()));
        }
        catch (Exception e) when (StoreOutage.Is(e))
        {
            findings.Add(new(DoctorLevel.Error, "store", $"does not answer: {e.Message}"));
            return findings;
        }

        findings.Add(CheckTimeout(options.Value));
        findings.AddRange(CheckSilos(await reader.SilosAsync()));
        findings.AddRange(CheckFleet(await reader.OverviewAsync(), options.Value));
        findings.AddRange(CheckAlerts(await alerts.ListAsync(), alerts.TellsTheLogAlone));
        return findings;
    }

    private static DoctorFinding CheckTimeout(HealingOptions options)
    {
        var beats = options.Timeout / options.Heartbeat;
        return beats >= 5
            ? new(DoctorLevel.Ok, "timeout", $"{options.Timeout.TotalSeconds:0.##} s of silence are {beats:0.#} heartbeats")
            : new(DoctorLevel.Warning, "timeout", $"{options.Timeout.TotalSeconds:0.##} s of silence are only {beats:0.#} heartbeats; five are advised on a cloud network");
    }

    private static IEnumerable<DoctorFinding> CheckSilos(IReadOnlyList<SiloView> silos)
    {
        var active = silos.Count(s => s.Status is SiloState.Active);
        yield return active >= 2
            ? new(DoctorLevel.Ok, "silos", $"{active} are active")
            : new(DoctorLevel.Warning, "silos", $"{active} is active: when it dies nobody is left to heal the fleet; run two or more");
        foreach (var silo in silos.Where(s => s.Status is SiloState.Draining or SiloState.Drained))
        {
            var drain = silo.Drain!;
            var left = silo.Status is SiloState.Drained ? "is drained and can be stopped" : $"is draining, agents left: {silo.Agents}";
            var why = drain.Reason is null ? "" : $": {drain.Reason}";
            yield return new(DoctorLevel.Warning, silo.Name, $"{left} (by {drain.Actor}{why}); it gets no agents until healing drain {silo.Name} --undo");
        }
    }

    private static IEnumerable<DoctorFinding> CheckAlerts(IReadOnlyList<AlertView> alerts, bool isToTheLogAlone)
    {
        if (isToTheLogAlone)
        {
            yield return new(DoctorLevel.Warning, "alerts", "go to the log alone, and reach nobody who does not read it; set Healing:Alerts:Sinks");
        }

        foreach (var sink in alerts.SelectMany(a => a.Deliveries).Where(d => d.Error is not null).GroupBy(d => d.Sink))
        {
            yield return new(DoctorLevel.Error, $"sink {sink.Key}", $"was not told of {sink.Count()} alerts: {sink.Last().Error}; healing alerts test --sink {sink.Key}");
        }
    }

    private static IEnumerable<DoctorFinding> CheckFleet(FleetOverview overview, HealingOptions options)
    {
        foreach (var supervisor in SupervisorHealth.Of(overview.Supervisors, options))
        {
            yield return new(supervisor.Level, $"supervisor {supervisor.Partition}", supervisor.Message);
        }

        if (overview.ByStatus.GetValueOrDefault("quarantined") is > 0 and var quarantined)
        {
            yield return new(DoctorLevel.Warning, "quarantine", $"{quarantined} agents wait for a person: healing ps --status quarantined");
        }

        foreach (var order in overview.Maintenance)
        {
            var ends = order.Until is { } until ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $", until {until:u}") : "";
            var why = order.Reason is null ? "" : $": {order.Reason}";
            yield return new(DoctorLevel.Warning, "maintenance", $"{order.ScopeInWords} {(order.Labels.Count == 0 ? "is" : "are")} paused (by {order.Actor}{ends}{why}), and so is whoever comes");
        }

        if (overview.MalformedRecords > 0)
        {
            yield return new(DoctorLevel.Warning, "records", $"{overview.MalformedRecords} records in the store cannot be read; the logs of the silos name their keys, and so do the hashes {options.KeyPrefix}:{{n}}:malformed");
        }
    }
}
