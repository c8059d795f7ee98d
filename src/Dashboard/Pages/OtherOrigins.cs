using OrleansHealing.Fleet;

namespace OrleansHealing.Dashboard.Pages;

/// <summary>Where the other silos' pages are, as origins. Asked again when they are wanted and known for longer than some seconds.</summary>
internal sealed class OtherOrigins(IGrainFactory grains, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(5);

    private volatile IReadOnlyCollection<string> _known = [];
    private long _askedAt = long.MinValue;

    /// <summary>Never throws: a page without them is a page that cannot move to another silo.</summary>
    public async Task<IReadOnlyCollection<string>> FindAsync()
    {
        if (Volatile.Read(ref _askedAt) is var asked && asked != long.MinValue && time.GetElapsedTime(asked) < GoodFor)
        {
            return _known;
        }

        Volatile.Write(ref _askedAt, time.GetTimestamp());
        try
        {
            var silos = await grains.GetFleet().SilosAsync().WaitAsync(Patience, time);
            _known = [.. silos.Select(s => OriginOf(s.Url)).OfType<string>().Distinct(StringComparer.Ordinal)];
        }
        catch (Exception e) when (OutOfReach.Is(e, CancellationToken.None))
        {
            // Those that were known are better than none.
        }

        return _known;
    }

    /// <summary>What may stand in a header: scheme, host and port of a well-formed address, and nothing else of it.</summary>
    private static string? OriginOf(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address.GetLeftPart(UriPartial.Authority) : null;
}
