using Microsoft.Extensions.Options;
using OrleansHealing.Agents;
using OrleansHealing.Hosting;

namespace OrleansHealing.Backends.Docker;

/// <summary>
/// Starts and stops containers that are there already. A container is told its incarnation while it does not run, so what runs in it never
/// learns of a newer one; what it was told last tells an order that comes again, or late, from one that is new.
/// </summary>
internal sealed class DockerRestartBackend(
    DockerEngine engine, IDockerExits exits, IOptions<DockerAgentOptions> options, SiloAddressOfPages pages, TimeProvider time, IRunTokens? tokens = null) : IRestartBackend
{
    // Each step leads to the next; more of them means that somebody else starts or stops it all the time.
    private const int MaxSteps = 10;

    private readonly AgentLocks _locks = new();

    public Task StartAsync(AgentStart start, CancellationToken cancellationToken) => WithinLimitAsync(
        start.Definition.Id,
        async limit =>
        {
            var name = DockerSettings.Read(start.Definition);
            for (var i = 0; i < MaxSteps; i++)
            {
                // What it was told is read again after each step: another order may have come meanwhile.
                var container = await FindAsync(name, start.Definition.Id, limit.Token);
                var note = await engine.ReadNoteAsync(new DockerAgentContainer(container.Id, container.Agent), limit.Token);
                if (await IsStartedAsync(start, container, note, limit))
                {
                    return;
                }
            }

            throw new InvalidOperationException($"The container '{name}' is started or stopped by somebody else at the same time.");
        },
        cancellationToken);

    public Task StopAsync(AgentStop stop, CancellationToken cancellationToken) => WithinLimitAsync(
        stop.AgentId,
        async limit =>
        {
            // The order does not say which container. The agent may have had another one before.
            foreach (var its in await engine.ListAsync(stop.AgentId, limit.Token))
            {
                var note = await engine.ReadNoteAsync(its, limit.Token);
                if (await engine.FindAsync(its.Id, limit.Token) is not { } container)
                {
                    continue;
                }

                switch (DockerSteps.ToStop(container, note, stop.Incarnation))
                {
                    case DockerStep.Kill:
                        await engine.KillAsync(container, limit.Token);
                        break;
                    case DockerStep.Stop:
                        await StopAsync(container, DockerGrace.InSeconds(note!.StopSeconds), limit);
                        break;
                }
            }
        },
        cancellationToken);

    /// <returns>Whether that was the last step.</returns>
    private async Task<bool> IsStartedAsync(AgentStart start, DockerContainer container, DockerNote? note, OrderLimit limit)
    {
        switch (DockerSteps.ToStart(container, note, start.Incarnation))
        {
            case DockerStep.Nothing:
                return true;
            case DockerStep.Thaw:
                await engine.ThawAsync(container, limit.Token);
                return true;
            case DockerStep.Stop:
                await StopAsync(container, DockerGrace.InSeconds(start.Policy.StopGrace.TotalSeconds), limit);
                return false;
            case DockerStep.Kill:
                await engine.KillAsync(container, limit.Token);
                return false;
            case DockerStep.Start:
                await engine.WriteNoteAsync(container, NoteOf(start, container), limit.Token);
                if (await engine.StartAsync(container, limit.Token))
                {
                    return true;
                }

                if (note?.Incarnation != start.Incarnation)
                {
                    // Another silo has started it meanwhile, under what was written in it before this.
                    await engine.KillAsync(container, limit.Token);
                }

                return false;
            case DockerStep.RefuseAsOlder:
                throw new InvalidOperationException(
                    $"The container '{container.Name}' was told incarnation {note!.Incarnation} already, so {start.Incarnation} is an old order. If another fleet had it before, remove it and make it anew.");
            default:
                await exits.TellAsync(start.Definition.Id, note!, container, limit.Token);
                return true;
        }
    }

    private async Task StopAsync(DockerContainer container, uint graceSeconds, OrderLimit limit)
    {
        limit.Add(TimeSpan.FromSeconds(graceSeconds));
        await engine.StopAsync(container, graceSeconds, limit.Token);
    }

    private DockerNote NoteOf(AgentStart start, DockerContainer container)
    {
        var url = options.Value.Url?.ToString().TrimEnd('/') ?? pages.Url;
        return DockerNote.Of(start, container, url, url is null ? null : tokens?.Create(start.Definition.Id, start.Incarnation));
    }

    /// <summary>The container, if it may be the agent and if nobody but the supervisor starts it.</summary>
    private async Task<DockerContainer> FindAsync(string name, AgentId agent, CancellationToken cancellationToken)
    {
        var container = await engine.FindAsync(name, cancellationToken) ?? throw new InvalidOperationException(
            $"There is no container '{name}' in the Docker at {engine.Address}. Make it, with --label {AgentLabel.Name}={agent}.");
        if (container.Agent != agent.Value)
        {
            throw new InvalidOperationException(
                $"The container '{container.Name}' is left alone, since it does not have the label {AgentLabel.Name}={agent}. If it is meant to be this agent, make it anew with --label {AgentLabel.Name}={agent}.");
        }

        if (container.IsGoing)
        {
            throw new InvalidOperationException($"The container '{container.Name}' is being removed.");
        }

        if (container.RestartPolicy is { } policy)
        {
            throw new InvalidOperationException(
                $"The container '{container.Name}' is restarted by Docker too (its restart policy is {policy}), and nobody would know as which incarnation: docker update --restart=no {container.Name}.");
        }

        return container.IsThrownAway
            ? throw new InvalidOperationException($"The container '{container.Name}' was made with --rm, and is gone once it ends: make it anew without.")
            : container;
    }

    /// <summary>One order for an agent at a time, and not for ever: its time begins when the one before is done.</summary>
    private async Task WithinLimitAsync(AgentId agent, Func<OrderLimit, Task> order, CancellationToken cancellationToken)
    {
        using var turn = await _locks.EnterAsync(agent, cancellationToken);
        using var limit = new OrderLimit(options.Value.Timeout, time, cancellationToken);
        try
        {
            await order(limit);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InvalidOperationException($"Docker at {engine.Address} did not carry the order out within {limit.Allowed.TotalSeconds:0.#} s.");
        }
    }
}
