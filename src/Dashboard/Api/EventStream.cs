using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansHealing.Agents;
using OrleansHealing.Dashboard.Hosting;
using OrleansHealing.Dashboard.Input;
using OrleansHealing.Fleet;
using OrleansHealing.Input;

namespace OrleansHealing.Dashboard.Api;

/// <summary>
/// Actions as server-sent events: the action's id is the event's, so that a browser which lost the connection goes on, by its
/// <c>Last-Event-ID</c>, where it was. The stream ends when the cluster fails or the host stops; the browser comes back by itself.
/// </summary>
internal sealed partial class EventStream(
    IGrainFactory grains,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    IOptions<HealingDashboardOptions> options,
    ILogger<EventStream> logger)
{
    private int _open;

    public async Task<IResult> ServeAsync(HttpContext http)
    {
        var (agent, after) = Read(http.Request);
        var fleet = grains.GetFleet();

        // A stream that began cannot say 503 any more, so the cluster is asked something short first.
        await fleet.ActionsAsync(agent, 1);
        if (Interlocked.Increment(ref _open) > options.Value.MaxEventStreams)
        {
            Interlocked.Decrement(ref _open);
            return Problem.Unavailable($"This silo serves {options.Value.MaxEventStreams} event streams already (HealingDashboardOptions.MaxEventStreams).");
        }

        try
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
            await WriteAsync(http.Response, fleet.FollowAsync(agent, after), stop.Token);
        }
        catch (OperationCanceledException)
        {
            // The reader left or a silo stops: the usual end.
        }
        catch (Exception e) when (OutOfReach.Is(e, http.RequestAborted))
        {
            LogEnded(e);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }

        return TypedResults.Empty;
    }

    private static (AgentId? Agent, string? After) Read(HttpRequest request)
    {
        const string Rule = "must be the id of an action, as it came";
        var read = new QueryReader(request, "agent", "after");
        var agent = read.Agent("agent");
        var after = read.Token("after", Rule);
        read.ThrowIfWrong();
        var last = request.Headers["Last-Event-ID"].ToString();
        if (last.Length > 128 || !last.All(c => c is > ' ' and < '\x7f'))
        {
            throw new ProblemException(Problem.Invalid("Last-Event-ID", $"{Rule} (it is '{Texts.Shorten(last)}')"));
        }

        return (agent, last.Length > 0 ? last : after);
    }

    private async Task WriteAsync(HttpResponse response, IAsyncEnumerable<Supervision.SupervisorAction> actions, CancellationToken cancellationToken)
    {
        response.ContentType = "text/event-stream";
        response.Headers["X-Accel-Buffering"] = "no";
        await SendAsync(response, "retry: 2000\n\n"u8.ToArray(), cancellationToken);
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var enumerator = actions.GetAsyncEnumerator(leave.Token);
        var next = Task.FromResult(true);
        try
        {
            while (true)
            {
                next = enumerator.MoveNextAsync().AsTask();
                while (!await IsDoneInTimeAsync(next, cancellationToken))
                {
                    await SendAsync(response, ": keep-alive\n\n"u8.ToArray(), cancellationToken);
                }

                if (!await next)
                {
                    return;
                }

                await SendAsync(response, ServerSentEvent.Of(enumerator.Current), cancellationToken);
            }
        }
        finally
        {
            // An enumerator may not be disposed while it moves.
            await leave.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await enumerator.DisposeAsync();
        }
    }

    private async Task<bool> IsDoneInTimeAsync(Task next, CancellationToken cancellationToken)
    {
        if (next.IsCompleted)
        {
            return true;
        }

        using var wake = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var first = await Task.WhenAny(next, Task.Delay(options.Value.EventKeepAlive, time, wake.Token));
        await wake.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        return first == next;
    }

    private static async Task SendAsync(HttpResponse response, byte[] bytes, CancellationToken cancellationToken)
    {
        await response.Body.WriteAsync(bytes, cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
    }

    [LoggerMessage(3, LogLevel.Warning, "An event stream ended: the cluster or its store is out of reach")]
    private partial void LogEnded(Exception exception);
}
