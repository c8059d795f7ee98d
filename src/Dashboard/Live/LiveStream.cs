using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OrleansHealing.Dashboard.Api;
using OrleansHealing.Dashboard.Hosting;
using OrleansHealing.Dashboard.Input;
using OrleansHealing.Fleet;
using OrleansHealing.Serialization;

namespace OrleansHealing.Dashboard.Live;

/// <summary>
/// What the page lives on: <c>snapshot</c>, then <c>delta</c> events of a <see cref="FleetChange"/>, resumed by
/// <c>Last-Event-ID</c> where that is possible, and <c>stale</c> when the cluster cannot be read.
/// </summary>
internal sealed class LiveStream(
    LiveFleet fleet, IGrainFactory grains, IHostApplicationLifetime lifetime, TimeProvider time, IOptions<HealingDashboardOptions> options)
{
    private const int MaxMinutes = 180;
    private int _open;

    public async Task<IResult> ServeAsync(HttpContext http)
    {
        new QueryReader(http.Request).ThrowIfWrong();
        if (Interlocked.Increment(ref _open) > options.Value.MaxEventStreams)
        {
            Interlocked.Decrement(ref _open);
            return Problem.Unavailable($"This silo serves {options.Value.MaxEventStreams} event streams already (HealingDashboardOptions.MaxEventStreams).");
        }

        var viewer = fleet.Join(http.Request.Headers["Last-Event-ID"].ToString());
        try
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
            await WriteAsync(http.Response, viewer, stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The viewer left or a silo stops: the usual end.
        }
        finally
        {
            fleet.Leave(viewer);
            Interlocked.Decrement(ref _open);
        }

        return TypedResults.Empty;
    }

    public async Task<IResult> HistoryAsync(HttpContext http)
    {
        var read = new QueryReader(http.Request, "minutes");
        var minutes = read.Limit("minutes", MaxMinutes, 60);
        read.ThrowIfWrong();
        return ApiJson.Page(await grains.GetFleet().HistoryAsync(TimeSpan.FromMinutes(minutes)), HealingJson.Default.PageFleetSample);
    }

    private async Task WriteAsync(HttpResponse response, LiveViewer viewer, CancellationToken cancellationToken)
    {
        response.ContentType = "text/event-stream";
        response.Headers["X-Accel-Buffering"] = "no";
        await response.Body.WriteAsync("retry: 1000\n\n"u8.ToArray(), cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
        while (await IsThereMoreAsync(response, viewer, cancellationToken))
        {
            while (viewer.Frames.TryRead(out var frame))
            {
                await response.Body.WriteAsync(frame.Bytes, cancellationToken);
            }

            await response.Body.FlushAsync(cancellationToken);
            if (viewer.IsBehind)
            {
                fleet.Restore(viewer);
            }
        }
    }

    /// <summary>Waits for a frame, and lets proxies know in between that the stream is alive.</summary>
    private async Task<bool> IsThereMoreAsync(HttpResponse response, LiveViewer viewer, CancellationToken cancellationToken)
    {
        var more = viewer.Frames.WaitToReadAsync(cancellationToken).AsTask();
        while (!more.IsCompleted)
        {
            using var wake = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(more, Task.Delay(options.Value.EventKeepAlive, time, wake.Token));
            await wake.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
            if (!more.IsCompleted)
            {
                await response.Body.WriteAsync(": keep-alive\n\n"u8.ToArray(), cancellationToken);
                await response.Body.FlushAsync(cancellationToken);
            }
        }

        return await more;
    }
}
