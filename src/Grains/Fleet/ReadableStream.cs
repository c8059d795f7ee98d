using System.Runtime.CompilerServices;
using OrleansHealing.Heartbeats;

namespace OrleansHealing.Fleet;

/// <summary>
/// Of a stream Orleans carries a failure as a value, past the filter of the calls, so it is made readable for other processes here.
/// </summary>
internal static class ReadableStream
{
    /// <summary>The same items; that the store is out of reach is a <see cref="StoreUnavailableException"/>.</summary>
    public static async IAsyncEnumerable<T> Readable<T>(this IAsyncEnumerable<T> items, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var enumerator = items.GetAsyncEnumerator(cancellationToken);
        while (await MoveAsync(enumerator))
        {
            yield return enumerator.Current;
        }
    }

    private static async Task<bool> MoveAsync<T>(IAsyncEnumerator<T> items)
    {
        try
        {
            return await items.MoveNextAsync();
        }
        catch (Exception e) when (StoreOutage.Is(e))
        {
            throw new StoreUnavailableException(e.Message);
        }
    }
}
