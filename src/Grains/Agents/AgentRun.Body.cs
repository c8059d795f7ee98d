using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;
using OrleansHealing.Telemetry;

namespace OrleansHealing.Agents;

/// <summary>The body of a run: made, run, disposed of, and how it ended.</summary>
internal sealed partial class AgentRun
{
    /// <returns>How it ended, or null when nobody has to be told.</returns>
    private async Task<IncarnationReport?> RunBodyAsync()
    {
        var scope = _host.Scopes.CreateAsyncScope();
        var services = scope.ServiceProvider;
        IWorkerAgent? agent = null;

        // How the work ended is known then, and stays what it was: what is done must not be done again for what comes after it.
        var report = _ownEnd = await WorkAsync();
        await ReleaseInTimeAsync(agent, scope);
        return report;

        async Task<IncarnationReport?> WorkAsync()
        {
            using var span = BeginSpan();
            var hasBegun = false;
            try
            {
                var create = _host.Kinds.Find(_start.Definition.Kind)?.Create
                    ?? throw new InvalidOperationException($"Kind '{_start.Definition.Kind}' is not registered on silo {_host.Silo.Name}.");
                agent = create(services);
                if (_isStopped || !await ClaimAsync())
                {
                    return null;
                }

                hasBegun = true;
                _isBeating = true;
                HasBegun(span);
                using var logScope = Scope(_logger, Id, Incarnation);
                var context = CreateContext(services);
                BeRemote(agent);
                var ending = await _injection.RunAsync(ct => agent.RunAsync(context, ct), _cancellation.Token);
                return ending switch
                {
                    _ when _cancellation.IsCancellationRequested => null,
                    BodyEnding.Returned => Report(FailureReason.Exited, "its body returned although it is permanent") with { Kind = ReportKind.Returned },
                    _ => Report(FailureReason.Exited, "its body exited early (injected)"),
                };
            }
            catch (Exception) when (_cancellation.IsCancellationRequested)
            {
                // Stopped, replaced or fenced: however it ended after that is what was asked for.
                return null;
            }
            catch (Exception e)
            {
                if (!hasBegun)
                {
                    span.Failed(e.GetType().Name);
                }

                LogCrashed(_logger, e, Id, Incarnation);
                return Report(ReasonOf(e, hasBegun), IncarnationReport.Describe(e)) with
                {
                    RetryAfterSeconds = (e as RetryAfterException)?.RetryAfter.TotalSeconds,
                    Resource = (e as RetryAfterException)?.Resource,
                };
            }
        }
    }

    private static FailureReason ReasonOf(Exception e, bool hasBegun) => e switch
    {
        FatalAgentException => FailureReason.Fatal,
        RetryAfterException => FailureReason.ToldToWait,
        StuckException => FailureReason.Stuck,
        _ when e.GetBaseException() is OutOfMemoryException => FailureReason.OutOfMemory,
        _ => hasBegun ? FailureReason.Crashed : FailureReason.StartFailed,
    };

    /// <summary>What hangs in its disposal is abandoned as one that ignores its cancellation is, or its end would never be told.</summary>
    private async Task ReleaseInTimeAsync(IWorkerAgent? agent, AsyncServiceScope scope)
    {
        // Off this thread: it may block.
        var release = Task.Run(() => ReleaseAsync(agent, scope));
        try
        {
            await release.WaitAsync(_start.Policy.StopGrace, _host.Time);
        }
        catch (TimeoutException)
        {
            LogNotReleased(_logger, Id, Incarnation, _start.Policy.StopGrace.TotalSeconds);
            _host.Metrics.BodyAbandoned();
            _ = release.ContinueWith(_ => _host.Metrics.AbandonedBodyEnded(), TaskScheduler.Default);
        }
    }

    private async Task ReleaseAsync(IWorkerAgent? agent, AsyncServiceScope scope)
    {
        try
        {
            // Made by hand and not by the scope, so the scope does not know it.
            switch (agent)
            {
                case IAsyncDisposable disposable:
                    await disposable.DisposeAsync();
                    break;
                case IDisposable disposable:
                    disposable.Dispose();
                    break;
            }
        }
        catch (Exception e)
        {
            LogNotDisposed(_logger, e, Id, Incarnation);
        }

        try
        {
            await scope.DisposeAsync();
        }
        catch (Exception e)
        {
            LogNotDisposed(_logger, e, Id, Incarnation);
        }
    }

    [LoggerMessage(1142, LogLevel.Warning, "What the body of agent {AgentId}, incarnation {Incarnation}, held could not be disposed of")]
    private static partial void LogNotDisposed(ILogger logger, Exception exception, AgentId agentId, long incarnation);

    [LoggerMessage(1147, LogLevel.Warning, "What the body of agent {AgentId}, incarnation {Incarnation}, held was not disposed of in {Seconds} s, and is abandoned")]
    private static partial void LogNotReleased(ILogger logger, AgentId agentId, long incarnation, double seconds);
}
