using OrleansHealing.Fleet;

namespace OrleansHealing.Dashboard.Pages;

/// <summary>Where the other silos' pages are, as origins. Asked again when they are wanted and known for longer than some seconds.</summary>
internal sealed class OtherOrigins(IGrainFactory grains, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private Task<IReadOnlyCollection<string>> _asked = Task.FromResult<IReadOnlyCollection<string>>([]);
    private long _askedAt = long.MinValue;

    /// <summary>Never throws: a page without them is a page that cannot move to another silo. All who ask at once share one answer.</summary>
    public Task<IReadOnlyCollection<string>> FindAsync()
    {
        lock (_lock)
        {
            if (_asked.IsCompleted && (_askedAt == long.MinValue || time.GetElapsedTime(_askedAt) >= GoodFor))
            {
                _askedAt = time.GetTimestamp();
                _asked = AskAsync(_asked);
            }

            return _asked;
        }
    }

    private async Task<IReadOnlyCollection<string>> AskAsync(Task<IReadOnlyCollection<string>> before)
    {
        try
        {
            var silos = await grains.GetFleet().SilosAsync().WaitAsync(Patience, time);
            return [.. silos.Select(s => OriginOf(s.Url)).OfType<string>().Distinct(StringComparer.Ordinal)];
        }
        catch (Exception)
        {
            // Whatever it was, the page is served: those that were known are better than none, and none than no page.
            return await before;
        }
    }

    /// <summary>What may stand in a header: scheme, host and port of a well-formed address, and nothing else of it.</summary>
    private static string? OriginOf(string? url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address.GetLeftPart(UriPartial.Authority) : null;
}
