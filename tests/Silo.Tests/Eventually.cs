using System.Diagnostics;

namespace OrleansHealing.Silo;

/// <summary>Waits for what other processes bring about; fails with what was awaited and what was seen.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static async Task<T> SeeAsync<T>(string awaited, Func<Task<T>> look, Func<T, bool> isIt, TimeSpan? limit = null)
    {
        var patience = limit ?? Limit;
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var seen = await look();
            if (isIt(seen))
            {
                return seen;
            }

            Assert.True(watch.Elapsed < patience, $"Awaited for {patience.TotalSeconds} s: {awaited}. Seen last: {Say(seen)}");
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }

    public static Task TrueAsync(string awaited, Func<bool> look) => SeeAsync(awaited, () => Task.FromResult(look()), seen => seen);

    private static string? Say(object? seen) => seen is System.Collections.IEnumerable many and not string ? string.Join(", ", many.Cast<object>()) : seen?.ToString();
}
