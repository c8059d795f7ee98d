namespace OrleansHealing.Backends.Kubernetes;

/// <summary>The time that an order has, in which what passes is tried again.</summary>
internal static class OrderTime
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1);

    /// <summary>Tries until it is done.</summary>
    /// <param name="limit">How long.</param>
    /// <param name="time">By which clock.</param>
    /// <param name="attempt">Tries once: null when it is done, or what it waits for.</param>
    /// <param name="cancellationToken">Gives it up sooner.</param>
    /// <exception cref="InvalidOperationException">It failed, or the time was up; for a person, without a secret.</exception>
    public static async Task SpendAsync(TimeSpan limit, TimeProvider time, Func<CancellationToken, Task<string?>> attempt, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        var began = time.GetTimestamp();
        var last = "it did not answer";
        try
        {
            for (var delay = FirstDelay; ; delay = TimeSpan.FromTicks(Math.Min(2 * delay.Ticks, LongestDelay.Ticks)))
            {
                var wait = delay;
                try
                {
                    if (await attempt(either.Token) is not { } awaited)
                    {
                        return;
                    }

                    last = awaited;
                }
                catch (ApiException e) when (e.IsPassing)
                {
                    (last, wait) = e.RetryAfter is { } least && least > delay ? ($"{e.Message} and asked for {least.TotalSeconds:0} s", least) : (e.Message, delay);
                }

                if (wait >= limit - time.GetElapsedTime(began))
                {
                    throw Late(limit, last);
                }

                await Task.Delay(wait, time, either.Token);
            }
        }
        catch (ApiException e)
        {
            throw new InvalidOperationException(e.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Late(limit, last);
        }
    }

    private static InvalidOperationException Late(TimeSpan limit, string last) => new($"Kubernetes did not carry it out within {limit.TotalSeconds:0.#} s: {last}.");
}
