using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansHealing.Agents;
using OrleansHealing.Dashboard.Access;
using OrleansHealing.Dashboard.Hosting;
using OrleansHealing.Dashboard.Input;
using OrleansHealing.Fleet;

namespace OrleansHealing.Dashboard.Api;

/// <summary>One order to many agents, some of them at a time. What one agent answers is no matter of the others.</summary>
internal sealed partial class BulkApi(Commands commands, RequestLimits limits, IOptions<HealingDashboardOptions> options, ILogger<BulkApi> logger)
{
    private const int AtOnce = 16;

    /// <summary>A thousand ids of 128 characters, and a reason whose every character is escaped.</summary>
    private const int LeastMaxBodyBytes = 160 * 1024;

    private readonly int _maxBodyBytes = Math.Max(options.Value.MaxBodyBytes, LeastMaxBodyBytes);

    public async Task<IResult> CommandAsync(HttpContext http)
    {
        new QueryReader(http.Request).ThrowIfWrong();
        var order = await BulkOrder.ReadAsync(http.Request, _maxBodyBytes);

        if (limits.TakeMore(http, order.Ids.Count) is { } wait)
        {
            return Problem.TooMany("These are orders to more agents than one caller may give at once.", wait);
        }

        var failures = new BulkFailure?[order.Ids.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, order.Ids.Count),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = http.RequestAborted },
            async (i, _) => failures[i] = await TryAsync(http, order, order.Ids[i]));
        BulkFailure[] failed = [.. failures.OfType<BulkFailure>()];
        return ApiJson.Ok(new BulkReply(failures.Length - failed.Length, failed), BulkReplyJson.Default.BulkReply);
    }

    private async Task<BulkFailure?> TryAsync(HttpContext http, BulkOrder order, AgentId id)
    {
        try
        {
            var result = order.Kind is { } kind
                ? await commands.CommandAsync(http, id, kind, order.Reason, order.For)
                : await commands.CrashAsync(http, id, order.Mode);
            return FleetApi.Refusal(result) is { } problem ? new BulkFailure(id.Value, problem.Status, problem.Detail) : null;
        }
        catch (Exception e) when (OutOfReach.Is(e, http.RequestAborted))
        {
            return new BulkFailure(id.Value, StatusCodes.Status503ServiceUnavailable, FailureGuard.MayBeDone);
        }
        catch (Exception e) when (!http.RequestAborted.IsCancellationRequested)
        {
            LogFailed(id.Value, http.TraceIdentifier, e);
            return new BulkFailure(
                id.Value, StatusCodes.Status500InternalServerError, $"The order failed for a reason that is in the silo's log, under {http.TraceIdentifier}.");
        }
    }

    [LoggerMessage(12, LogLevel.Error, "An order to agent {AgentId} failed ({TraceId})")]
    private partial void LogFailed(string agentId, string traceId, Exception exception);
}
