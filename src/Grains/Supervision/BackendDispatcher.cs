using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansHealing.Agents;
using OrleansHealing.Backends;
using OrleansHealing.Heartbeats;
using OrleansHealing.Telemetry;

namespace OrleansHealing.Supervision;

/// <summary>
/// Carries the supervisor's orders to the backends, off its turn. A grant stands in the store before it comes here, so an order
/// that is lost with this silo is given again by whoever judges next.
/// </summary>
internal sealed partial class BackendDispatcher(
    RestartBackends backends, IHeartbeatStore store, StoreClock clock, SupervisorNudge nudge, IClusterMembershipService membership,
    IHostApplicationLifetime lifetime, TimeProvider time, ILogger<BackendDispatcher> logger)
    : IBackendOrders
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);

    /// <summary>Orders a start. A backend that cannot is told to the store as a failed start.</summary>
    public void Start(AgentStart start) => _ = Task.Run(() => StartAsync(start));

    /// <summary>Orders a stop. A body that does not obey is fenced already.</summary>
    public void Stop(AgentStop stop) => _ = Task.Run(() => StopAsync(stop));

    private async Task StartAsync(AgentStart start)
    {
        var began = time.GetTimestamp();
        var id = start.Definition.Id;
        using var span = HealingTracing.Within(HealingTracing.Order, ActivityKind.Producer)?
            .SetTag("healing.agent.kind", start.Definition.Kind).SetTag("healing.agent.incarnation", start.Incarnation);
        start = start with { TraceParent = span?.Id };
        using var patience = new CancellationTokenSource(start.Policy.StartupGrace, time);
        while (true)
        {
            if (IsNobodyLeft())
            {
                // The whole cluster stops. The grant stands in the store; the next supervisor gives the order again.
                return;
            }

            try
            {
                await backends.For(start.Definition.Kind).StartAsync(start, patience.Token);
                return;
            }
            catch (Exception e) when (IsInTransit(e) && time.GetElapsedTime(began) < start.Policy.StartupGrace)
            {
                // The silo it was to go to is going: the directory needs a moment to say where else.
                LogRetry(logger, id, start.Incarnation, e.Message);
                await Task.Delay(RetryDelay, time);
            }
            catch (OperationCanceledException) when (patience.IsCancellationRequested && !lifetime.ApplicationStopping.IsCancellationRequested)
            {
                // It took longer than a start may. The start-up deadline passes at this moment, and tells it for what it is.
                span.Failed("timeout");
                LogStartLate(logger, id, start.Incarnation, start.Policy.StartupGrace.TotalSeconds);
                return;
            }
            catch (Exception e) when (!lifetime.ApplicationStopping.IsCancellationRequested)
            {
                span.Failed(e.GetType().Name);
                LogStartFailed(logger, e, id, start.Incarnation);
                await TellAsync(start, e);
                return;
            }
            catch (Exception e)
            {
                // This silo stops, and what it has under way fails with it. The next supervisor gives the order again.
                LogRetry(logger, id, start.Incarnation, e.Message);
                return;
            }
        }
    }

    private bool IsNobodyLeft() => lifetime.ApplicationStopping.IsCancellationRequested
        && !membership.CurrentSnapshot.Members.Values.Any(m => m.Status is SiloStatus.Active);

    private async Task StopAsync(AgentStop stop)
    {
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1), time);
            await backends.For(stop.Kind).StopAsync(stop, patience.Token);
        }
        catch (Exception e)
        {
            // The incarnation is fenced already; a body that was not stopped notices at its next beat.
            LogStopFailed(logger, stop.AgentId, stop.Incarnation, e.Message);
        }
    }

    private async Task TellAsync(AgentStart start, Exception error)
    {
        try
        {
            var report = IncarnationReport.Failed(start.Incarnation, FailureReason.StartFailed, IncarnationReport.Describe(error), clock.Now);

            // Only as long as no body has claimed it: an order whose answer was lost may well have arrived.
            if (await store.ReportAsync(start.Definition.Id, report, claim: null, last: null))
            {
                nudge.Tell(start.Definition.Id);
            }
        }
        catch (Exception e) when (StoreOutage.Is(e))
        {
            // Its start-up deadline will tell the same.
            LogNotTold(logger, start.Definition.Id, start.Incarnation, e.Message);
        }
    }

    // What a backend throws of its own comes as it is; what Orleans throws is about the way there.
    private static bool IsInTransit(Exception e) => e is OrleansException || StoreOutage.Is(e);

    [LoggerMessage(1201, LogLevel.Debug, "The start of agent {AgentId}, incarnation {Incarnation}, is tried again: {Error}")]
    private static partial void LogRetry(ILogger logger, AgentId agentId, long incarnation, string error);

    [LoggerMessage(1202, LogLevel.Warning, "Agent {AgentId} could not be started as incarnation {Incarnation}")]
    private static partial void LogStartFailed(ILogger logger, Exception exception, AgentId agentId, long incarnation);

    [LoggerMessage(1205, LogLevel.Warning, "The order to start agent {AgentId} as incarnation {Incarnation} was not carried out within {Seconds} s")]
    private static partial void LogStartLate(ILogger logger, AgentId agentId, long incarnation, double seconds);

    [LoggerMessage(1204, LogLevel.Warning, "That agent {AgentId} could not be started as incarnation {Incarnation} could not be written: {Error}")]
    private static partial void LogNotTold(ILogger logger, AgentId agentId, long incarnation, string error);

    [LoggerMessage(1203, LogLevel.Warning, "An order for agent {AgentId}, incarnation {Incarnation}, did not arrive: {Error}")]
    private static partial void LogStopFailed(ILogger logger, AgentId agentId, long incarnation, string error);
}
