using Orleans.Runtime.Placement;
using OrleansHealing.Agents;
using OrleansHealing.Hosting;

namespace OrleansHealing.Alerts;

/// <summary>By the membership that this silo knows, in the order of their addresses.</summary>
internal sealed class SiloPeers(IClusterMembershipService membership, IGrainFactory grains, LocalSilo silo, TimeProvider time) : ISiloPeers
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(2);

    public string Name => silo.Name;

    public int Before => Active().Count(address => string.CompareOrdinal(address, silo.Host) < 0);

    public async Task<bool> DoesOneTellAsync(string key, CancellationToken cancellationToken) =>
        (await Task.WhenAll(Active().Where(address => address != silo.Host).Select(address => DoesTellAsync(address, key, cancellationToken)))).Contains(true);

    private async Task<bool> DoesTellAsync(string address, string key, CancellationToken cancellationToken)
    {
        try
        {
            RequestContext.Set(IPlacementDirector.PlacementHintKey, SiloAddress.FromParsableString(address));
            return await grains.GetGrain<ISiloGrain>(Guid.NewGuid().ToString("N")).TellsAsync(address, key).WaitAsync(AnswerLimit, time, cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // One that does not answer cannot be relied on to tell anybody.
            return false;
        }
        finally
        {
            RequestContext.Remove(IPlacementDirector.PlacementHintKey);
        }
    }

    private IEnumerable<string> Active() => membership.CurrentSnapshot.Members.Values
        .Where(m => m.Status is SiloStatus.Active).Select(m => m.SiloAddress.ToParsableString());
}
