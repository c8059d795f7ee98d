using Microsoft.Extensions.Logging;
using Orleans.GrainDirectory;
using Orleans.Placement;
using OrleansHealing.Backends;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;

namespace OrleansHealing.Agents;

/// <summary>
/// Hosts the runs of one agent on this silo. It starts, cancels, abandons and beats for the body, which works off its turn: a
/// body that blocks its thread for ever leaves a grain that answers.
/// </summary>
[RandomPlacement, GrainDirectory(HealingSiloBuilderExtensions.DirectoryName)]
internal sealed partial class AgentGrain(AgentHost host, ILogger<AgentGrain> logger) : Grain, IAgentGrain, IRemindable
{
    private const string ReminderName = "keep-beating";

    // The shortest that Orleans allows by default.
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);

    private AgentRun? _run;
    private IDisposable? _pulse;
    private bool _hasReminder;
    private string? _moveReason;

    private AgentId Id => AgentId.Parse(this.GetPrimaryKeyString());

    public Task StartAsync(AgentStart start)
    {
        if (_run is not { } current)
        {
            Begin(start, Task.CompletedTask);
        }
        else if (start.Incarnation > current.Incarnation)
        {
            current.NoteSuccessor();

            // Not awaited: its grace must not hold up the grain; the successor's body waits for it.
            Begin(start, current.StopAsync());
        }
        else if (start.Incarnation == current.Incarnation)
        {
            current.Reaffirm();
        }

        return Task.CompletedTask;
    }

    public async Task StopAsync(AgentStop stop)
    {
        if (_run is { } run && run.Incarnation <= stop.Incarnation)
        {
            await run.StopAsync();
        }

        // A later incarnation may have been started here since the order was given, and at any await of this: calls interleave.
        if (!IsOver(stop))
        {
            return;
        }

        await UnregisterReminderAsync();
        if (IsOver(stop))
        {
            DeactivateOnIdle();
        }
        else
        {
            _hasReminder = true;
            await RegisterReminderAsync();
        }
    }

    private bool IsOver(AgentStop stop) => _run is null || _run.Incarnation <= stop.Incarnation;

    public Task<long?> CrashAsync(CrashMode mode)
    {
        if (_run is not { IsAtWork: true } run)
        {
            return Task.FromResult<long?>(null);
        }

        run.Crash(mode);
        return Task.FromResult<long?>(run.Incarnation);
    }

    public Task<bool> HearAsync(ExternalHeartbeat beat) => Task.FromResult(_run is { } run && run.Incarnation == beat.Incarnation && run.Hear(beat));

    /// <summary>
    /// Tells of an incarnation that was here and is gone. It never starts anything: what was granted and not claimed is ordered again by
    /// the supervisor.
    /// </summary>
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        _hasReminder = true;
        if (_run is { IsActive: true })
        {
            // Its body is at work, and the pump beats for it.
            return;
        }

        var snapshot = (await host.Store.LoadAsync(Id.PartitionOf(host.Store.Partitions), [Id]))[0];
        if (snapshot.State.Value is not { } state || state is { IsPromised: false, Status: not AgentStatus.BackingOff })
        {
            await UnregisterReminderAsync();
            DeactivateOnIdle();
        }
        else if (snapshot.ClaimedBy == host.Silo.Host && _run is null)
        {
            LogActivationLost(logger, Id, state.Incarnation);
            await host.Store.ReportAsync(Id, LostActivation(state.Incarnation), snapshot.Claim, null);
            host.Nudge.Tell(Id);
        }
        else
        {
            // Nothing is wrong here. A supervisor that lost sight of the agent finds it again by this.
            host.Nudge.Tell(Id);
        }
    }

    public Task LeaveAsync(string from)
    {
        if (from == host.Silo.Host && _run is not { IsActive: true })
        {
            // As for a move: to the silo of the caller's hint, and not just away.
            this.MigrateOnIdle();
        }

        return Task.CompletedTask;
    }

    public Task MoveAsync(string why)
    {
        if (_run is { IsActive: true })
        {
            // Not only deactivated: a silo that remembers the grain here would address the next start to this silo, where Orleans then
            // makes it anew without asking where it should be. It goes to the silo that the caller hints at.
            _moveReason = why;
            this.MigrateOnIdle();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _pulse?.Dispose();
        if (_run is { } run)
        {
            await run.DrainAsync(_moveReason ?? $"silo {host.Silo.Name} handed it over");
        }
    }

    private void Begin(AgentStart start, Task predecessor)
    {
        _run = host.CreateRun(start);
        _run.Begin(predecessor);
        KeepBeating(_run);
        if (!_hasReminder)
        {
            _hasReminder = true;
            _ = RegisterReminderAsync();
        }
    }

    private void KeepBeating(AgentRun run)
    {
        // As long as a body is at work here, nobody needs to call the grain for it to stay.
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        _pulse?.Dispose();

        // What ticks for the body is off the grain's turn, and comes back to it by this.
        var turns = TaskScheduler.Current;
        _pulse = host.Pump.Start(run.HeartbeatPeriod, () => Tick(run, turns));
    }

    /// <returns>Whether there is something left to beat for.</returns>
    private bool Tick(AgentRun run, TaskScheduler turns)
    {
        if (!run.IsActive)
        {
            InTurn(Rest, turns);
            return false;
        }

        run.Tick();
        if (run.TakeReinstated())
        {
            InTurn(RegisterLostReminder, turns);
        }

        return true;
    }

    private static void InTurn(Action action, TaskScheduler turns) =>
        _ = Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.None, turns);

    /// <summary>The activation can be collected, unless a later incarnation has begun here.</summary>
    private void Rest()
    {
        if (_run is not { IsActive: true })
        {
            DelayDeactivation(TimeSpan.Zero);
        }
    }

    /// <summary>The store lost its data, and the reminder may have been part of it.</summary>
    private void RegisterLostReminder()
    {
        _hasReminder = true;
        _ = RegisterReminderAsync();
    }

    private async Task RegisterReminderAsync()
    {
        try
        {
            await this.RegisterOrUpdateReminder(ReminderName, ReminderPeriod, ReminderPeriod);
        }
        catch (Exception e)
        {
            // The reminder is the second safety net under the heartbeats; an agent must not fail for want of it.
            _hasReminder = false;
            LogReminder(logger, Id, e.Message);
        }
    }

    private async Task UnregisterReminderAsync()
    {
        _hasReminder = false;
        try
        {
            if (await this.GetReminder(ReminderName) is { } reminder)
            {
                await this.UnregisterReminder(reminder);
            }
        }
        catch (Exception e)
        {
            // A reminder that is left over finds nothing to do at its next tick and tries this again.
            LogReminder(logger, Id, e.Message);
        }
    }

    private IncarnationReport LostActivation(long incarnation) => IncarnationReport.Failed(
        incarnation, FailureReason.SiloLost, $"its grain lost its body on silo {host.Silo.Name}", host.Clock.Now);

    [LoggerMessage(1110, LogLevel.Warning, "Agent {AgentId} has no body here although incarnation {Incarnation} was claimed; the supervisor is told")]
    private static partial void LogActivationLost(ILogger logger, AgentId agentId, long incarnation);

    [LoggerMessage(1111, LogLevel.Warning, "The reminder of agent {AgentId} could not be changed: {Error}")]
    private static partial void LogReminder(ILogger logger, AgentId agentId, string error);
}
