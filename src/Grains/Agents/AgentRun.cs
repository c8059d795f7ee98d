using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using OrleansHealing.Backends;
using OrleansHealing.Fleet;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;
using OrleansHealing.Telemetry;

namespace OrleansHealing.Agents;

/// <summary>
/// One incarnation at work on this silo: makes the body, claims the incarnation, runs the body off the grain's turn, and tells
/// the store how it ended. Safe to call from any thread.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Whoever stops or fences a run may come at any time, also after its end; the source has no timer to release.")]
internal sealed partial class AgentRun : IBeating
{
    private static readonly Func<ILogger, AgentId, long, IDisposable?> Scope =
        LoggerMessage.DefineScope<AgentId, long>("agent {AgentId} incarnation {Incarnation}");

    private readonly AgentHost _host;
    private readonly AgentStart _start;
    private readonly ILogger _logger;
    private readonly Promise _promise;
    private readonly BeatSlot _slot;
    private readonly CancellationTokenSource _cancellation = new();
    private readonly TaskCompletionSource _bodyEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CrashInjection _injection;
    private readonly string _runId = Guid.NewGuid().ToString("N");
    private readonly Lazy<Task> _cancelled;
    private volatile bool _isClaimed;
    private volatile bool _isBeating;
    private volatile bool _isStopped;
    private volatile bool _hasEnded;
    private volatile bool _isSilent;
    private volatile IncarnationReport? _ownEnd;
    private Action? _over;
    private Task _running = Task.CompletedTask;
    private volatile FencedCheckpoints? _checkpoints;

    public AgentRun(AgentHost host, AgentStart start, ILogger logger)
    {
        _host = host;
        _start = start;
        _logger = logger;
        _promise = new Promise(start.Incarnation, host.Silo.Host, start.Policy, host.Stepped);
        _cancelled = new Lazy<Task>(CancelAsync);
        _injection = new CrashInjection(start.Policy.StopGrace, host.Time);
        _slot = host.Writer.Open(Id, start.Incarnation, () => _ = IsStillItAsync(), host.Silences.Open(Id, start.Definition.Kind, start.Policy.Timeout));
    }

    public AgentId Id => _start.Definition.Id;

    public long Incarnation => _start.Incarnation;

    /// <summary>Whether a body runs, or is about to.</summary>
    public bool IsActive => !_isStopped && !_hasEnded;

    /// <summary>Whether there is something left to be done that can fail: no body whose end is known, and which is disposed of yet.</summary>
    public bool IsAtWork => IsActive && _ownEnd is null;

    /// <summary>Starts the body once <paramref name="predecessor"/> has completed: two bodies of one agent never share a silo knowingly.</summary>
    public void Begin(Task predecessor)
    {
        // What the call that ordered the start carries along (a placement hint among it) is not for the calls of the body.
        using (ExecutionContext.SuppressFlow())
        {
            _running = Task.Run(() => RunAsync(predecessor));
        }
    }

    /// <summary>Has a pump tick for it for as long as it is active, and then calls <paramref name="over"/> once.</summary>
    public void BeatBy(HeartbeatPump pump, Action over)
    {
        _over = over;
        pump.Start(_start.Policy.Heartbeat, this);
    }

    /// <summary>Beats once. Costs no I/O.</summary>
    public bool Tick()
    {
        if (!IsActive)
        {
            _over?.Invoke();
            return false;
        }

        if (_isBeating && !_isSilent)
        {
            var now = _host.Clock.Now;
            var (deadline, record) = _promise.Next(now);
            _host.Writer.Offer(_slot, deadline.ToUnixTimeMilliseconds(), record, now.ToUnixTimeMilliseconds());
            LookIfStuck(now);
        }

        return true;
    }

    /// <summary>Forces a failure on the body.</summary>
    public void Crash(CrashMode mode)
    {
        LogInjected(_logger, mode, Id, Incarnation);
        _injection.Trigger(mode);
        _isSilent = _injection.IsSilent;
    }

    /// <summary>Cancels the body and waits for its end or the grace; then it is abandoned. Its end is told to nobody.</summary>
    public async Task StopAsync()
    {
        _isStopped = true;
        _isBeating = false;
        _slot.Close();
        await _cancelled.Value;
    }

    /// <summary>Stops the body in good order, and tells the supervisor to start it elsewhere.</summary>
    /// <param name="why">For the action log.</param>
    public Task DrainAsync(string why) => EndAsync(FailureReason.Drained, () => why, _start.Policy.StopGrace);

    private async Task RunAsync(Task predecessor)
    {
        IncarnationReport? report;
        try
        {
            await predecessor;
            report = await RunBodyAsync();
        }
        finally
        {
            _isBeating = false;
            EndBeingRemote();
            _slot.Close();
            _hasEnded = true;
            _bodyEnded.TrySetResult();
        }

        if (report is not null && !_isStopped)
        {
            await TellAsync(report);
        }
    }

    /// <summary>The first heartbeat. Retried while the store is out of reach: without it the body must not run.</summary>
    private async Task<bool> ClaimAsync()
    {
        using var span = HealingTracing.Within(HealingTracing.FirstBeat);
        while (true)
        {
            try
            {
                _promise.Begin(_host.Clock.Now);
                var (deadline, record) = _promise.Next(_host.Clock.Now, force: true);
                var isClaimed = await _host.Store.ClaimAsync(Id, record!, _runId, deadline);
                if (isClaimed)
                {
                    _isClaimed = true;
                    _slot.Gaps?.Began(record!.At);
                    _host.Nudge.Tell(Id);
                }

                span?.SetTag("healing.claimed", isClaimed);
                return isClaimed;
            }
            catch (Exception e) when (StoreOutage.IsNobodysFault(e))
            {
                LogStoreAway(_logger, Id, Incarnation, e.Message);
                await Task.Delay(RetryDelay, _host.Time, _cancellation.Token);
            }
        }
    }

    private async Task CancelAsync()
    {
        // Not awaited: what the body registered for its cancellation may block, or throw, and must not hold up the grace.
        _ = _cancellation.CancelAsync().ContinueWith(
            failed => LogCancellationFailed(_logger, failed.Exception!, Id, Incarnation), CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        try
        {
            await _bodyEnded.Task.WaitAsync(_start.Policy.StopGrace, _host.Time);
        }
        catch (TimeoutException)
        {
            LogAbandoned(_logger, Id, Incarnation, _start.Policy.StopGrace.TotalSeconds);
            _host.Metrics.BodyAbandoned();
            _ = _bodyEnded.Task.ContinueWith(_ => _host.Metrics.AbandonedBodyEnded(), TaskScheduler.Default);
        }
    }

    private RunContext CreateContext(IServiceProvider services)
    {
        var outage = new OutageWait(_promise, _host.Clock, _host.Time, _logger);
        var checkpoints = new FencedCheckpoints(
            _host.Store, _host.Clock, Id, Incarnation, _start.StartFrom, _host.Options.MaxCheckpointLength, _promise, _injection, outage, IsStillItAsync);
        _checkpoints = checkpoints;
        var steps = new Steps(_promise, _start.Policy, _host.Clock, _host.Time, GiveUpAsync);
        _steps = steps;
        return new RunContext(
            _start, _promise, steps, _host.Clock, checkpoints, _logger, services, _host.Time, _host.Random, _host.Options.MaxProgressLength, EnsureCurrentAsync);
    }

    private async Task EnsureCurrentAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<DateTimeOffset?> deadlines;
        try
        {
            deadlines = await _host.Store.DeadlinesAsync(_slot.Partition, [new ClaimedIncarnation(Id, Incarnation)]).WaitAsync(cancellationToken);
        }
        catch (Exception e) when (StoreOutage.Is(e))
        {
            throw new StoreUnavailableException(e.Message);
        }

        if (_isStopped || (deadlines[0] is null && !await IsStillItAsync().WaitAsync(cancellationToken)))
        {
            throw new FencedException(Id, Incarnation);
        }
    }
}
