using Orleans.GrainDirectory;
using Orleans.Placement;
using OrleansHealing.Backends;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;

namespace OrleansHealing.Agents;

/// <summary>
/// Hosts the runs of one agent on this silo. It starts, cancels, abandons and beats for the body, which works off its turn: a
/// body that blocks its thread for ever leaves a grain that answers.
/// </summary>
[RandomPlacement, GrainDirectory(HealingSiloBuilderExtensions.DirectoryName)]
internal sealed class AgentGrain(AgentHost host) : Grain, IAgentGrain
{
    private AgentRun? _run;
    private string? _moveReason;
    private volatile bool _isLeaving;

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

        // A later incarnation may have been started here meanwhile: calls interleave.
        if (_run is null || _run.Incarnation <= stop.Incarnation)
        {
            DeactivateOnIdle();
        }
    }

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
        _isLeaving = true;
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
    }

    private void KeepBeating(AgentRun run)
    {
        // As long as a body is at work here, nobody needs to call the grain for it to stay.
        DelayDeactivation(Timeout.InfiniteTimeSpan);

        // What ticks for the body is off the grain's turn, and comes back to it by this.
        var turns = TaskScheduler.Current;
        run.BeatBy(host.Pump, () =>
        {
            if (!_isLeaving)
            {
                _ = Task.Factory.StartNew(Rest, CancellationToken.None, TaskCreationOptions.None, turns);
            }
        });
    }

    /// <summary>The activation can be collected, unless a later incarnation has begun here.</summary>
    private void Rest()
    {
        if (_run is not { IsActive: true })
        {
            DelayDeactivation(TimeSpan.Zero);
        }
    }
}
