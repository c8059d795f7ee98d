using Orleans.Runtime.Placement;
using OrleansHealing.Agents;
using OrleansHealing.Hosting;

namespace OrleansHealing.Alerts;

/// <summary>The silos before this one in an order that all of them know, so that of many that see the same one has it told.</summary>
internal sealed class SiloPeers(IClusterMembershipService membership, IGrainFactory grains, LocalSilo silo, TimeProvider time)
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2);

    /// <summary>This silo's name.</summary>
    public string Name => silo.Name;

    /// <summary>The addresses of the active silos before this one.</summary>
    public IReadOnlyList<string> Before =>
    [
        .. membership.CurrentSnapshot.Members.Values
            .Where(m => m.Status is SiloStatus.Active)
            .Select(m => m.SiloAddress.ToParsableString())
            .Where(address => string.CompareOrdinal(address, silo.Host) < 0)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Whether one of those before has people told of an alarm. Needs no store. At most two seconds each.</summary>
    public async Task<bool> DoesOneTellAsync(string key, CancellationToken cancellationToken)
    {
        foreach (var address in Before)
        {
            try
            {
                RequestContext.Set(IPlacementDirector.PlacementHintKey, SiloAddress.FromParsableString(address));
                if (await grains.GetGrain<ISiloGrain>(Guid.NewGuid().ToString("N")).TellsAsync(address, key).WaitAsync(AnswerLimit, time, cancellationToken))
                {
                    return true;
                }
            }
            catch (Exception) when (!cancellationToken.IsCancellationRequested)
            {
                // One that does not answer cannot be relied on to tell anybody.
            }
            finally
            {
                RequestContext.Remove(IPlacementDirector.PlacementHintKey);
            }
        }

        return false;
    }
}
