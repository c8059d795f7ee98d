using Orleans.Runtime.Placement;
using OrleansHealing.Agents;
using OrleansHealing.Hosting;

namespace OrleansHealing.Alerts;

/// <summary>By the membership that this silo knows, in the order of their addresses.</summary>
internal sealed class SiloPeers(IClusterMembershipService membership, IGrainFactory grains, LocalSilo silo, TimeProvider time) : ISiloPeers
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2);

    public string Name => silo.Name;

    public int Before => AddressesBefore().Count;

    public async Task<bool> DoesOneTellAsync(string key, CancellationToken cancellationToken)
    {
        foreach (var address in AddressesBefore())
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

    private List<string> AddressesBefore() =>
    [
        .. membership.CurrentSnapshot.Members.Values
            .Where(m => m.Status is SiloStatus.Active)
            .Select(m => m.SiloAddress.ToParsableString())
            .Where(address => string.CompareOrdinal(address, silo.Host) < 0)
            .Order(StringComparer.Ordinal),
    ];
}
