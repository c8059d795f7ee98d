using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansHealing.Agents;

namespace OrleansHealing.Backends.Docker;

/// <summary>
/// Tells the end of a container's incarnation as it happens, where silence would tell it only at the deadline. Every silo does so: what one
/// has told the others tell again, which changes nothing, and what nobody tells is found out by silence.
/// </summary>
internal sealed partial class DockerWatch(
    DockerEngine engine, IDockerExits exits, IOptions<DockerAgentOptions> options, TimeProvider time, ILogger<DockerWatch> logger)
    : BackgroundService
{
    private const int MaxAtOnce = 4;
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    // Nobody says so when a machine in between has dropped the line.
    private static readonly TimeSpan Stretch = TimeSpan.FromMinutes(5);

    // More of them at once are found out by silence.
    private readonly Channel<DockerAgentContainer> _ended = Channel.CreateBounded<DockerAgentContainer>(
        new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await Task.WhenAll(
                WatchAsync(stoppingToken),
                Parallel.ForEachAsync(
                    _ended.Reader.ReadAllAsync(stoppingToken), new ParallelOptions { MaxDegreeOfParallelism = MaxAtOnce, CancellationToken = stoppingToken },
                    async (container, cancellation) => await LookAsync(container, cancellation)));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    /// <summary>Whenever the line is new, all containers are looked at: they may have ended while nobody listened.</summary>
    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        var wait = FirstWait;
        var isAway = false;
        while (true)
        {
            var why = "it ended the line";
            var began = time.GetTimestamp();
            try
            {
                var since = await WithinLimitAsync(engine.NowAsync, cancellationToken);
                foreach (var container in await WithinLimitAsync(limit => engine.ListAsync(null, limit), cancellationToken))
                {
                    Note(container);
                }

                if (isAway)
                {
                    isAway = false;
                    LogBack(logger);
                }

                using var stretch = new CancellationTokenSource(Stretch, time);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(stretch.Token, cancellationToken);
                try
                {
                    await engine.WatchAsync(since, Note, either.Token);
                }
                catch (Exception) when (stretch.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
                {
                    // It was quiet, or the line is dead without either end knowing: all are looked at once more.
                    continue;
                }
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                // Whatever its client throws: a silo must not end for it, and silence is noticed all the same.
                why = e.Message;
            }

            if (time.GetElapsedTime(began) >= LongestWait)
            {
                wait = FirstWait;
            }

            if (!isAway)
            {
                isAway = true;
                LogAway(logger, why);
            }

            await Task.Delay(wait, time, cancellationToken);
            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }
    }

    private void Note(DockerAgentContainer container) => _ended.Writer.TryWrite(container);

    private async Task LookAsync(DockerAgentContainer its, CancellationToken cancellationToken)
    {
        try
        {
            // In this order: what is told since then is of a later start.
            var note = await WithinLimitAsync(limit => engine.ReadNoteAsync(its, limit), cancellationToken);
            if (note is not null && AgentId.TryParse(note.Agent, out var agent)
                && await WithinLimitAsync(limit => engine.FindAsync(its.Id, limit), cancellationToken) is { } container && DockerSteps.HasEnded(container, note))
            {
                await WithinLimitAsync(
                    async limit =>
                    {
                        await exits.TellAsync(agent, note, container, limit);
                        return true;
                    },
                    cancellationToken);
            }
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Docker or the store is out of reach, or something unheard of: its deadline tells the same afterwards.
            LogNotSeen(logger, its.Agent, e.Message);
        }
    }

    private async Task<T> WithinLimitAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        using var limit = new OrderLimit(options.Value.Timeout, time, cancellationToken);
        try
        {
            return await ask(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InvalidOperationException($"Docker at {engine.Address} did not answer within {options.Value.Timeout.TotalSeconds:0.#} s.");
        }
    }

    [LoggerMessage(1271, LogLevel.Warning, "Docker is not listened to, so that the end of a container is noticed by its silence: {Error}")]
    private static partial void LogAway(ILogger logger, string error);

    [LoggerMessage(1272, LogLevel.Information, "Docker is listened to again")]
    private static partial void LogBack(ILogger logger);

    [LoggerMessage(1273, LogLevel.Debug, "How the container of agent {AgentId} is could not be told: {Error}")]
    private static partial void LogNotSeen(ILogger logger, string? agentId, string error);
}
