using Microsoft.Extensions.Logging;
using Orleans.GrainDirectory;
using Orleans.Placement;
using OrleansHealing.Agents;
using OrleansHealing.Alerts;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;

namespace OrleansHealing.Supervision;

/// <summary>
/// The supervisor of one partition: sleeps until the earliest deadline, or until it is nudged, then judges who is due. All it
/// knows is in the store; dying at any point loses nothing but time.
/// </summary>
[RandomPlacement, GrainDirectory(HealingSiloBuilderExtensions.DirectoryName)]
internal sealed partial class SupervisorGrain(SupervisorHost host, ILogger<SupervisorGrain> logger)
    : Grain, ISupervisorGrain, IRemindable, IDisposable
{
    private const int MaxDue = 1000;
    private const string ReminderName = "stay-up";
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan OutageRetry = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan HeldLook = TimeSpan.FromMilliseconds(100);

    // A round that comes later than it was wanted by more than this means that this silo was frozen or starved.
    private static readonly TimeSpan StallTolerance = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _deactivation = new();
    private IGrainTimer? _timer;
    private Judge? _judge;
    private FleetBalancer? _balancer;
    private FleetAlerts? _alerts;
    private TimeSpan _wantedAt;
    private TimeSpan _lag;
    private bool _isStoreAway;
    private bool _isInRound;
    private bool _isWoken;
    private bool _isTellingBroken;
    private long _rounds;
    private int _lossesSeen;

    private int Partition => (int)this.GetPrimaryKeyLong();

    private FleetBalancer Balancer => _balancer ??= host.CreateBalancer(Partition);

    private FleetAlerts Alerts => _alerts ??= host.CreateAlerts(Partition);

    private Judge Judge => _judge ??= host.CreateJudge(Partition, Alerts);

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _timer = this.RegisterGrainTimer(
            static (grain, _) => grain.RoundAsync(),
            this,
            new GrainTimerCreationOptions { DueTime = TimeSpan.Zero, Period = Timeout.InfiniteTimeSpan, Interleave = false, KeepAlive = true });
        _wantedAt = host.Clock.Monotonic;
        _ = RegisterReminderAsync();
        _ = FollowMembershipAsync();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _timer?.Dispose();
        host.Metrics.AgentsLeft(Partition);
        await _deactivation.CancelAsync();
        await (_alerts?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    /// <inheritdoc/>
    public void Dispose() => _deactivation.Dispose();

    public async Task<SpawnAnswer[]> SpawnAsync(NewAgent[] agents) =>
        Array.ConvertAll(await Judge.SpawnAsync(agents), outcome => new SpawnAnswer(outcome.Result, outcome.Error?.Message));

    public Task<CommandResult> CommandAsync(AgentId id, AgentCommand command) => Judge.ObeyAsync(id, command);

    public Task<BodyVerdict[]> AdoptAsync(RunningBody[] bodies) => Judge.AdoptAsync(bodies);

    public async Task NudgeAsync(AgentId[] ids)
    {
        if (ids.Length == 0)
        {
            Judge.NoteMaintenance();
            Wake();
            return;
        }

        try
        {
            await Judge.NudgeAsync(ids);
        }
        catch (Exception e) when (StoreOutage.Is(e))
        {
            NoteOutage(e);
        }
    }

    public Task<SupervisorPulse> PingAsync()
    {
        RearmIfLost();
        return Task.FromResult(new SupervisorPulse
        {
            Partition = Partition,
            Silo = host.Silo.Name,
            LastRoundAgeSeconds = Judge.AtWorkAt is { } at ? Math.Round((host.Clock.Monotonic - at).TotalSeconds, 3) : null,
            Hold = Judge.Hearing.Hold,
            Rounds = _rounds,
            Panic = Judge.Panic,
            StoreSeconds = Math.Round(Judge.Hearing.LastAnswer.TotalSeconds, 6),
            LagSeconds = Math.Round(_lag.TotalSeconds, 3),
            RestartWaitSeconds = Math.Round(Judge.RestartWait.TotalSeconds, 3),
        });
    }

    /// <summary>Being called was most of the point: the activation is up.</summary>
    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        RearmIfLost();
        return Task.CompletedTask;
    }

    /// <summary>A timer that has not come although its round is long overdue may never come: one that answers and judges nobody would be the worst of all.</summary>
    private void RearmIfLost()
    {
        if (!_isInRound && host.Clock.Monotonic - _wantedAt > LostAfter)
        {
            LogRearmed(logger, Partition, (host.Clock.Monotonic - _wantedAt).TotalSeconds);
            Wake();
        }
    }

    private async Task RoundAsync()
    {
        (_isInRound, _isWoken) = (true, false);
        var began = host.Clock.Monotonic;
        var late = began - _wantedAt;
        _lag = late > TimeSpan.Zero ? late : TimeSpan.Zero;
        host.Metrics.RoundBegan(late);
        Judge.Hearing.Stalled(late, "this supervisor stalled");
        if (late > StallTolerance)
        {
            LogStall(logger, Partition, late.TotalSeconds);
        }

        TimeSpan sleep;
        try
        {
            sleep = await Judge.RoundAsync(MaxDue);
            if (_isStoreAway)
            {
                _isStoreAway = false;
                LogStoreBack(logger, Partition);
            }

            if (Judge.Hearing.Hold is null)
            {
                await Judge.Hearing.TurnAsync(Balancer.BalanceAsync);
            }

            if (host.Memory.Losses(Partition) != _lossesSeen)
            {
                // What was lost may have been the reminder too.
                _lossesSeen = host.Memory.Losses(Partition);
                _ = RegisterReminderAsync();
            }

            await TellAsync();
            _rounds++;
            host.Metrics.RoundCompleted(host.Clock.Monotonic - began);
        }
        catch (Exception e) when (StoreOutage.Is(e))
        {
            NoteOutage(e);
            sleep = OutageRetry;
        }
        catch (SupersededException e)
        {
            // It was frozen, or cut off, and missed that another one was made. Whoever calls it next makes one that begins a term.
            LogSuperseded(logger, e.Message);
            DeactivateOnIdle();
            sleep = LostAfter;
        }
        catch (Exception e)
        {
            // Whatever it was, the next round tries again: a supervisor that stops looking is worse than one that logs.
            LogRoundFailed(logger, e, Partition);
            sleep = OutageRetry;
        }

        if ((Judge.Hearing.Hold ?? Judge.Panic) is not null && sleep > HeldLook)
        {
            sleep = HeldLook;
        }

        _isInRound = false;
        Sleep(_isWoken ? TimeSpan.Zero : sleep);
    }

    /// <summary>Has people told. Whatever goes wrong with that, the agents are judged all the same.</summary>
    private async Task TellAsync()
    {
        if (Judge.Term is not { } term)
        {
            return;
        }

        try
        {
            await Alerts.TurnAsync(term, Judge.Panic);
            _isTellingBroken = false;
        }
        catch (Exception e) when (e is not SupersededException && !StoreOutage.Is(e))
        {
            if (!_isTellingBroken)
            {
                LogNotTold(logger, e, Partition);
            }

            _isTellingBroken = true;
        }
    }

    /// <summary>A round at once, or right after the one that is under way.</summary>
    private void Wake()
    {
        _isWoken = true;
        if (!_isInRound)
        {
            // A round that is overdue stays as late as it is: this may be the first that a silo hears after a freeze.
            var wantedAt = _wantedAt;
            Sleep(TimeSpan.Zero);
            _wantedAt = wantedAt < _wantedAt ? wantedAt : _wantedAt;
        }
    }

    private void Sleep(TimeSpan span)
    {
        _wantedAt = host.Clock.Monotonic + span;
        _timer?.Change(span, Timeout.InfiniteTimeSpan);
    }

    private void NoteOutage(Exception error)
    {
        if (!_isStoreAway)
        {
            _isStoreAway = true;
            LogStoreAway(logger, Partition, error.Message);
        }
    }

    /// <summary>Runs on this activation's scheduler: a change of membership starts a round at once.</summary>
    private async Task FollowMembershipAsync()
    {
        try
        {
            await foreach (var _ in host.Membership.MembershipUpdates.WithCancellation(_deactivation.Token))
            {
                Wake();
            }
        }
        catch (OperationCanceledException) when (_deactivation.IsCancellationRequested)
        {
            // Deactivated.
        }
    }

    private async Task RegisterReminderAsync()
    {
        try
        {
            await this.RegisterOrUpdateReminder(ReminderName, ReminderPeriod, ReminderPeriod);
        }
        catch (Exception e)
        {
            // Every silo watches over the supervisor each second; the reminder is for the case that none did.
            LogReminder(logger, Partition, e.Message);
        }
    }

    [LoggerMessage(1210, LogLevel.Warning, "The supervisor of partition {Partition} woke {Seconds} s late; silence is held for a full timeout")]
    private static partial void LogStall(ILogger logger, int partition, double seconds);

    [LoggerMessage(1215, LogLevel.Warning, "A round of the supervisor of partition {Partition} is {Seconds} s overdue; its timer is set anew")]
    private static partial void LogRearmed(ILogger logger, int partition, double seconds);

    [LoggerMessage(1211, LogLevel.Warning, "The supervisor of partition {Partition} cannot reach the store: {Error}")]
    private static partial void LogStoreAway(ILogger logger, int partition, string error);

    [LoggerMessage(1212, LogLevel.Information, "The supervisor of partition {Partition} reaches the store again")]
    private static partial void LogStoreBack(ILogger logger, int partition);

    [LoggerMessage(1213, LogLevel.Error, "A round of the supervisor of partition {Partition} failed")]
    private static partial void LogRoundFailed(ILogger logger, Exception exception, int partition);

    [LoggerMessage(1217, LogLevel.Error, "The alerts of partition {Partition} could not be worked out; it is tried again with each round")]
    private static partial void LogNotTold(ILogger logger, Exception exception, int partition);

    [LoggerMessage(1216, LogLevel.Warning, "{Message} It stops")]
    private static partial void LogSuperseded(ILogger logger, string message);

    [LoggerMessage(1214, LogLevel.Warning, "The reminder of the supervisor of partition {Partition} could not be registered: {Error}")]
    private static partial void LogReminder(ILogger logger, int partition, string error);
}
