using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OrleansHealing.Agents;
using OrleansHealing.Dashboard.Input;
using OrleansHealing.Fleet;
using OrleansHealing.Input;

namespace OrleansHealing.Dashboard.Api;

/// <summary>
/// Actions as server-sent events: the action's id is the event's, so that a browser which lost the connection goes on, by its
/// <c>Last-Event-ID</c>, where it was. The stream ends when the cluster fails or the host stops; the browser comes back by itself.
/// </summary>
internal sealed partial class EventStream(IGrainFactory grains, StreamGate gate, ILogger<EventStream> logger)
{
    public async Task<IResult> ServeAsync(HttpContext http)
    {
        var (agent, after) = Read(http.Request);
        var fleet = grains.GetFleet();

        // A stream that began cannot say 503 any more, so the cluster is asked something short first.
        await fleet.ActionsAsync(agent, 1);
        return await gate.ServeAsync(http, async stop =>
        {
            try
            {
                await WriteAsync(http.Response, fleet.FollowAsync(agent, after), stop);
            }
            catch (Exception e) when (OutOfReach.Is(e, http.RequestAborted))
            {
                LogEnded(e);
            }
        });
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
        await StreamGate.SendAsync(response, "retry: 2000\n\n"u8.ToArray(), cancellationToken);
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var enumerator = actions.GetAsyncEnumerator(leave.Token);
        var next = Task.FromResult(true);
        try
        {
            while (true)
            {
                next = enumerator.MoveNextAsync().AsTask();
                if (!await gate.WaitAsync(response, next, cancellationToken))
                {
                    return;
                }

                await StreamGate.SendAsync(response, ServerSentEvent.Of(enumerator.Current), cancellationToken);
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

    [LoggerMessage(3, LogLevel.Warning, "An event stream ended: the cluster or its store is out of reach")]
    private partial void LogEnded(Exception exception);
}
