using OrleansHealing.Fleet;
using OrleansHealing.Heartbeats;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Agents;

/// <summary>What is heard over HTTP of a body whose work is done outside of this process.</summary>
internal sealed partial class AgentRun
{
    /// <summary>For how long to wait for the store; who asks does not wait for ever.</summary>
    private static readonly TimeSpan RemotePatience = TimeSpan.FromSeconds(10);

    private volatile IRemoteBody? _remote;

    /// <summary>Takes a beat.</summary>
    /// <returns>False when there is no body that it could be of, or that body has to end.</returns>
    public bool Hear(ExternalHeartbeat beat)
    {
        if (_remote is not { } remote || !IsAtWork)
        {
            return false;
        }

        remote.Beat(beat.Progress, beat.ExpectedSilence);
        return true;
    }

    /// <summary>Saves a checkpoint, also while the body is being stopped.</summary>
    /// <exception cref="StoreUnavailableException">The store did not answer; whether it was saved is not known.</exception>
    public async Task<CommandResult> SaveAsync(JsonText state)
    {
        using var patience = new CancellationTokenSource(RemotePatience, _host.Time);
        try
        {
            await _checkpoints!.SaveAsync(state, patience.Token);
            return CommandResult.Done($"The checkpoint of agent '{Id}' was saved.", Incarnation);
        }
        catch (FencedException e)
        {
            return CommandResult.Conflict(e.Message);
        }
        catch (CheckpointException e)
        {
            return CommandResult.Invalid([new Fault("state", $"must be shorter: {e.Message}")]);
        }
        catch (InvalidOperationException) when (_injection.IsTriggered)
        {
            return CommandResult.Conflict($"Incarnation {Incarnation} of agent '{Id}' is forced to fail; nothing of it is saved any more.");
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw new StoreUnavailableException("The store did not answer in time.");
        }
    }

    /// <summary>Reads the checkpoint that this incarnation begins with, or has saved.</summary>
    /// <exception cref="StoreUnavailableException">The store did not answer.</exception>
    public async Task<CheckpointReply> LoadAsync()
    {
        using var patience = new CancellationTokenSource(RemotePatience, _host.Time);
        try
        {
            return ExternalCheckpoints.ReplyOf(await _checkpoints!.ReadAsync(patience.Token), Incarnation);
        }
        catch (CheckpointException e)
        {
            return new CheckpointReply(CommandResult.Conflict(e.Message));
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw new StoreUnavailableException("The store did not answer in time.");
        }
    }

    /// <summary>Has the work end while this silo still serves it; the run stays, and is handed over as any other.</summary>
    public Task LeaveAsync() => _remote?.LeaveAsync() ?? Task.CompletedTask;

    private void BeRemote(IWorkerAgent agent)
    {
        if (agent is IRemoteBody remote)
        {
            _remote = remote;
            _host.Remote.Add(this);
        }
    }

    private void EndBeingRemote()
    {
        _remote = null;
        _host.Remote.Remove(this);
    }
}
