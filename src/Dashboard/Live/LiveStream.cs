using Microsoft.AspNetCore.Http;
using OrleansHealing.Dashboard.Api;
using OrleansHealing.Dashboard.Input;
using OrleansHealing.Fleet;
using OrleansHealing.Serialization;

namespace OrleansHealing.Dashboard.Live;

/// <summary>
/// What the page lives on: <c>snapshot</c>, then <c>delta</c> events of a <see cref="FleetChange"/>, resumed by
/// <c>Last-Event-ID</c> where that is possible, and <c>stale</c> when the cluster cannot be read.
/// </summary>
internal sealed class LiveStream(LiveFleet fleet, IGrainFactory grains, StreamGate gate)
{
    private const int MaxMinutes = 180;

    public async Task<IResult> ServeAsync(HttpContext http)
    {
        new QueryReader(http.Request).ThrowIfWrong();
        return await gate.ServeAsync(http, async stop =>
        {
            var viewer = fleet.Join(http.Request.Headers["Last-Event-ID"].ToString());
            try
            {
                await WriteAsync(http.Response, viewer, stop);
            }
            finally
            {
                fleet.Leave(viewer);
            }
        });
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
        await StreamGate.SendAsync(response, "retry: 1000\n\n"u8.ToArray(), cancellationToken);
        while (await gate.WaitAsync(response, viewer.Frames.WaitToReadAsync(cancellationToken).AsTask(), cancellationToken))
        {
            while (viewer.Frames.TryRead(out var frame))
            {
                await response.Body.WriteAsync(frame.Bytes, cancellationToken);
            }

            await response.Body.FlushAsync(cancellationToken);
            fleet.RestoreIfBehind(viewer);
        }
    }
}
