using System.Diagnostics;
using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;

namespace OrleansHealing.Hosting;

/// <summary>Says in the store what this silo is, for consoles and pages, and takes it back when the silo stops in good order.</summary>
internal sealed class SiloRegistration(
    IHeartbeatStore store, StoreClock clock, LocalSilo silo, IClusterMembershipService membership, SiloAddressOfPages pages)
    : ILifecycleParticipant<ISiloLifecycle>
{
    private const int MaxDead = 20;
    private DateTimeOffset? _startedAt;

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe<SiloRegistration>(ServiceLifecycleStage.Active, RegisterAsync, ForgetAsync);

    /// <summary>Says it; also again, when the store lost it.</summary>
    public async Task RegisterAsync(CancellationToken cancellationToken)
    {
        using var process = Process.GetCurrentProcess();
        await store.RegisterSiloAsync(silo.Host, new SiloRecord
        {
            Name = silo.Name,
            Url = pages.Url,
            Pid = Environment.ProcessId,
            Machine = Environment.MachineName,
            StartedAt = _startedAt ??= clock.Now,
            ProcessStartedAt = process.StartTime.ToUniversalTime(),
            PidSpace = ProcessIdentity.Space,
            ProcessStart = ProcessIdentity.StartOf(Environment.ProcessId) ?? "",
        });
        await ForgetPredecessorsAsync();
    }

    /// <summary>Dead silos stay on show until one of the same name takes their place, the last few in any case.</summary>
    private async Task ForgetPredecessorsAsync()
    {
        var dead = (await store.SilosAsync())
            .Where(s => s.Key != silo.Host && !IsActive(s.Key))
            .OrderByDescending(s => s.Value.StartedAt)
            .ToList();
        foreach (var (address, _) in dead.Where((s, i) => i >= MaxDead || s.Value.Name == silo.Name))
        {
            await store.ForgetSiloAsync(address);
        }

        var known = await store.SilosAsync();
        foreach (var address in (await store.DrainsAsync()).Keys.Where(a => !known.ContainsKey(a) && !IsActive(a)))
        {
            await store.DrainAsync(address, null);
        }
    }

    private bool IsActive(string address) =>
        SiloAddresses.TryParse(address, out var parsed)
        && membership.CurrentSnapshot.GetSiloStatus(parsed) is SiloStatus.Active or SiloStatus.Joining;

    private async Task ForgetAsync(CancellationToken cancellationToken)
    {
        try
        {
            await store.ForgetSiloAsync(silo.Host);
        }
        catch (Exception e) when (StoreOutage.Is(e))
        {
            // Then it is shown as dead until a successor registers; stopping must not wait for the store.
        }
    }
}
