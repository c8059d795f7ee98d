using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OrleansHealing.Fleet;

namespace OrleansHealing.Dashboard.Api;

/// <summary>Turns what a handler throws into an answer that says what to do next.</summary>
internal sealed partial class FailureGuard(ILogger<FailureGuard> logger)
{
    public const string MayBeDone = "The cluster or its store is out of reach; the order may or may not have been carried out. Look before you try again.";

    public async Task<IResult> AnswerAsync(HttpContext http, Func<Task<IResult>> handler)
    {
        try
        {
            return await handler();
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to answer.
            return TypedResults.StatusCode(StatusCodes.Status499ClientClosedRequest);
        }
        catch (ProblemException e)
        {
            return e.Problem;
        }
        catch (BadHttpRequestException e)
        {
            return new Problem(e.StatusCode, "Bad Request", e.Message);
        }
        catch (Exception e) when (!http.Response.HasStarted && OutOfReach.Is(e, http.RequestAborted))
        {
            LogOutOfReach(http.Request.Method, http.Request.Path, e);
            return Problem.Unavailable(HttpMethods.IsGet(http.Request.Method)
                ? "The cluster or its store is out of reach; try again."
                : MayBeDone);
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            LogFailed(http.Request.Method, http.Request.Path, http.TraceIdentifier, e);
            return new Problem(
                StatusCodes.Status500InternalServerError,
                "Internal Server Error",
                $"The request failed for a reason that is in the silo's log, under {http.TraceIdentifier}.");
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "{Method} {Path} was answered with 503: the cluster or its store is out of reach")]
    private partial void LogOutOfReach(string method, string path, Exception exception);

    [LoggerMessage(2, LogLevel.Error, "{Method} {Path} failed ({TraceId})")]
    private partial void LogFailed(string method, string path, string traceId, Exception exception);
}
