using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OrleansHealing.Dashboard.Access;
using OrleansHealing.Dashboard.Hosting;

namespace OrleansHealing.Dashboard.Api;

/// <summary>What all event streams have in common: how many there may be together, what keeps one open, and when it ends.</summary>
internal sealed class StreamGate(IHostApplicationLifetime lifetime, TimeProvider time, IOptions<HealingDashboardOptions> options)
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(49);
    private int _open;

    /// <summary>Serves a stream if there is room for it, until its reader leaves, the session it was opened with is over, or the host stops.</summary>
    public async Task<IResult> ServeAsync(HttpContext http, Func<CancellationToken, Task> writeAsync)
    {
        if (Interlocked.Increment(ref _open) > options.Value.MaxEventStreams)
        {
            Interlocked.Decrement(ref _open);
            return Problem.Unavailable($"This silo serves {options.Value.MaxEventStreams} event streams already (HealingDashboardOptions.MaxEventStreams).");
        }

        try
        {
            using var session = new CancellationTokenSource(LeftOfSession(http), time);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping, session.Token);
            http.Response.ContentType = "text/event-stream";
            http.Response.Headers["X-Accel-Buffering"] = "no";
            await writeAsync(stop.Token);
        }
        catch (OperationCanceledException)
        {
            // One of the usual ends.
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }

        return TypedResults.Empty;
    }

    /// <summary>Waits for the next event, and lets proxies know in between that the stream is alive.</summary>
    /// <returns>Whether there is one.</returns>
    public async Task<bool> WaitAsync(HttpResponse response, Task<bool> next, CancellationToken cancellationToken)
    {
        while (!next.IsCompleted)
        {
            using var wake = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(next, Task.Delay(options.Value.EventKeepAlive, time, wake.Token));
            await wake.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
            if (!next.IsCompleted)
            {
                await SendAsync(response, ": keep-alive\n\n"u8.ToArray(), cancellationToken);
            }
        }

        return await next;
    }

    /// <summary>Writes an event, or a comment, and sends it off.</summary>
    public static async Task SendAsync(HttpResponse response, byte[] bytes, CancellationToken cancellationToken)
    {
        await response.Body.WriteAsync(bytes, cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }

    private TimeSpan LeftOfSession(HttpContext http)
    {
        if (http.Features.Get<Visitor>()?.Until is not { } until)
        {
            return Timeout.InfiniteTimeSpan;
        }

        var left = until - time.GetUtcNow();
        return left < TimeSpan.Zero ? TimeSpan.Zero : left < LongestTimer ? left : LongestTimer;
    }
}
