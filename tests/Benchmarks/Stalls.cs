namespace OrleansHealing.Benchmarks;

/// <summary>Freezes one silo after the other, at random, until it is told to end.</summary>
internal sealed class Stalls : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly Task _work;
    private int _count;

    public Stalls(Fleet fleet, TimeSpan length, TimeSpan meanPause) => _work = RunAsync(fleet, length, meanPause);

    public int Count => Volatile.Read(ref _count);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _work;
        _end.Dispose();
    }

    private async Task RunAsync(Fleet fleet, TimeSpan length, TimeSpan meanPause)
    {
        try
        {
            while (true)
            {
                await Task.Delay(meanPause * (0.5 + Random.Shared.NextDouble()), _end.Token);
                var silos = fleet.Silos.ToArray();
                var silo = silos[Random.Shared.Next(silos.Length)];
                fleet.Freeze(silo);
                Interlocked.Increment(ref _count);
                try
                {
                    await Task.Delay(length, _end.Token);
                }
                finally
                {
                    fleet.Thaw(silo);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // It is over.
        }
    }
}
