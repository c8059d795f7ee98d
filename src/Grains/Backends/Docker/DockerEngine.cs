using System.Net;
using System.Text.Json;
using Docker.DotNet;
using Docker.DotNet.Models;
using Microsoft.Extensions.Options;
using OrleansHealing.Agents;

namespace OrleansHealing.Backends.Docker;

/// <summary>
/// What is asked of Docker, and what it answers in the words of this project. Whatever goes wrong is an
/// <see cref="InvalidOperationException"/> with a sentence for a person; how long it may take says who asks.
/// </summary>
internal sealed class DockerEngine(IOptions<DockerAgentOptions> options, TimeProvider time) : IDisposable
{
    // That it ended is worth more than what it said last.
    private static readonly TimeSpan WordsLimit = TimeSpan.FromSeconds(2);

    // Where nothing is configured, a wrong file of Docker's own can keep it from being found; the next order looks again.
    private readonly Lazy<DockerConnection> _connection = new(() => DockerConnection.To(options.Value.Endpoint), LazyThreadSafetyMode.PublicationOnly);

    /// <summary>Where Docker is, for a message.</summary>
    public string Address => _connection.Value.Address;

    public void Dispose()
    {
        if (_connection.IsValueCreated)
        {
            _connection.Value.Client.Dispose();
        }
    }

    /// <summary>The container of a name or id; null when there is none.</summary>
    public Task<DockerContainer?> FindAsync(string container, CancellationToken cancellationToken) => AskAsync(
        async client =>
        {
            try
            {
                return DockerContainer.Of(await client.Containers.InspectContainerAsync(container, cancellationToken));
            }
            catch (DockerApiException e) when (e.StatusCode is HttpStatusCode.NotFound)
            {
                return null;
            }
        },
        cancellationToken);

    /// <summary>The containers that may be an agent: this one, or any.</summary>
    public Task<IReadOnlyList<DockerAgentContainer>> ListAsync(AgentId? agent, CancellationToken cancellationToken) => AskAsync<IReadOnlyList<DockerAgentContainer>>(
        async client =>
        {
            var label = agent is { } id ? $"{AgentLabel.Name}={id}" : AgentLabel.Name;
            var all = await client.Containers.ListContainersAsync(new ContainersListParameters { All = true, Filters = Filter(("label", label)) }, cancellationToken);
            return [.. all.Select(c => new DockerAgentContainer(c.ID, c.Labels[AgentLabel.Name]))];
        },
        cancellationToken);

    /// <summary>What the container was last told; null when it never was, or nothing that can be read is left of that.</summary>
    public async Task<DockerNote?> ReadNoteAsync(DockerAgentContainer container, CancellationToken cancellationToken)
    {
        var note = await AskAsync(
            async client =>
            {
                try
                {
                    var archive = await client.Containers.GetArchiveFromContainerAsync(
                        container.Id, new ContainerPathStatParameters { Path = DockerNoteFiles.OrderPath }, statOnly: false, cancellationToken);
                    await using var stream = archive.Stream!;

                    // All of it first: a line that breaks must not look like a note that cannot be read.
                    return DockerNoteFiles.Unpack(await DockerNoteFiles.CopyAsync(stream, cancellationToken));
                }
                catch (DockerApiException e) when (e.StatusCode is HttpStatusCode.NotFound)
                {
                    return null;
                }
            },
            cancellationToken);
        return note is not null && note.Container == container.Id && note.Agent == container.Agent ? note : null;
    }

    /// <summary>Tells a container that does not run what it will be.</summary>
    public Task WriteNoteAsync(DockerContainer container, DockerNote note, CancellationToken cancellationToken) => AskAsync(
        async client =>
        {
            try
            {
                await PutAsync("/");
            }
            catch (DockerApiException e) when (e.StatusCode is HttpStatusCode.InternalServerError or HttpStatusCode.Forbidden)
            {
                try
                {
                    // The root may be read only, and a volume be where the note goes.
                    await PutAsync(DockerNoteFiles.Directory);
                }
                catch (DockerApiException)
                {
                    throw new InvalidOperationException(
                        $"The container '{container.Name}' cannot be told its incarnation, since nothing can be written to {DockerNoteFiles.Directory} in it ({Reason(e)}). If its root is read only, make it with a volume there: -v {DockerNoteFiles.Directory}.");
                }
            }

            return true;

            async Task PutAsync(string path)
            {
                using var tar = DockerNoteFiles.Pack(note, isInPlace: path != "/", time.GetUtcNow());
                await client.Containers.ExtractArchiveToContainerAsync(container.Id, new CopyToContainerParameters { Path = path }, tar, cancellationToken);
            }
        },
        cancellationToken);

    /// <summary>Starts it.</summary>
    /// <returns>False when somebody else had done so.</returns>
    public Task<bool> StartAsync(DockerContainer container, CancellationToken cancellationToken) =>
        AskAsync(client => client.Containers.StartContainerAsync(container.Id, new ContainerStartParameters(), cancellationToken), cancellationToken);

    /// <summary>Its stop signal, the grace, SIGKILL. Returns when it has ended.</summary>
    public Task StopAsync(DockerContainer container, uint graceSeconds, CancellationToken cancellationToken) => AskAsync(
        client => client.Containers.StopContainerAsync(container.Id, new ContainerStopParameters { WaitBeforeKillSeconds = graceSeconds }, cancellationToken), cancellationToken);

    /// <summary>SIGKILL, which a frozen one gets as well and does not wake up before.</summary>
    public Task KillAsync(DockerContainer container, CancellationToken cancellationToken) => AskAsync(
        async client =>
        {
            try
            {
                await client.Containers.KillContainerAsync(container.Id, new ContainerKillParameters { Signal = "KILL" }, cancellationToken);
            }
            catch (DockerApiException e) when (e.StatusCode is HttpStatusCode.Conflict)
            {
                // It has ended meanwhile; whoever asked looks again.
            }

            return true;
        },
        cancellationToken);

    /// <summary>Ends <c>docker pause</c>.</summary>
    public Task ThawAsync(DockerContainer container, CancellationToken cancellationToken) => AskAsync(
        async client =>
        {
            await client.Containers.UnpauseContainerAsync(container.Id, cancellationToken);
            return true;
        },
        cancellationToken);

    /// <summary>What time it is to Docker.</summary>
    public Task<string> NowAsync(CancellationToken cancellationToken) =>
        AskAsync(async client => DockerTime.Write(DockerTime.Read((await client.System.GetSystemInfoAsync(cancellationToken)).SystemTime)), cancellationToken);

    /// <summary>Tells of each container that may be an agent and ends, until the line breaks.</summary>
    /// <param name="since">Those that ended since that time of Docker's are told first, if it still knows of them.</param>
    /// <param name="ended">Is told.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task WatchAsync(string since, Action<DockerAgentContainer> ended, CancellationToken cancellationToken) => AskAsync(
        async client =>
        {
            // That one of its processes was killed for want of memory (oom) is no end of it; how it ended, Docker says afterwards.
            var parameters = new ContainerEventsParameters { Since = since, Filters = Filter(("type", "container"), ("event", "die"), ("label", AgentLabel.Name)) };
            await client.System.MonitorEventsAsync(parameters, new Listener(ended), cancellationToken);
            return true;
        },
        cancellationToken);

    /// <summary>The last that it wrote to stderr since then; empty where that is not kept.</summary>
    public async Task<string> LastWordsAsync(DockerContainer container, DateTimeOffset since, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(WordsLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await AskAsync(
                async client =>
                {
                    // Docker counts the lines of stdout among the last ones as well.
                    var parameters = new ContainerLogsParameters { ShowStderr = true, Since = DockerTime.Write(since), Tail = "500" };
                    using var log = await client.Containers.GetContainerLogsAsync(container.Id, parameters, either.Token);
                    return await DockerLastWords.ReadAsync(log, either.Token);
                },
                either.Token);
        }
        catch (Exception e) when (e is InvalidOperationException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // Not every way of logging that Docker has can be read, and some hang; that it ended is told all the same.
            return "";
        }
    }

    private static Dictionary<string, IDictionary<string, bool>> Filter(params (string Name, string Value)[] filters) =>
        filters.ToDictionary(f => f.Name, f => (IDictionary<string, bool>)new Dictionary<string, bool> { [f.Value] = true });

    /// <summary>Docker answers with a JSON object of one message.</summary>
    private static string Reason(DockerApiException e)
    {
        try
        {
            using var body = JsonDocument.Parse(e.ResponseBody ?? "");
            return body.RootElement.GetProperty("message").GetString()?.Trim() ?? $"{(int)e.StatusCode}";
        }
        catch (Exception other) when (other is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"{(int)e.StatusCode}";
        }
    }

    private async Task<T> AskAsync<T>(Func<DockerClient, Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask(_connection.Value.Client);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // However its client puts that.
            throw new OperationCanceledException(cancellationToken);
        }
        catch (DockerApiException e)
        {
            throw new InvalidOperationException($"Docker refused: {Reason(e)}.", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TimeoutException)
        {
            throw new InvalidOperationException($"Docker could not be reached at {Address}: {e.GetBaseException().Message}.", e);
        }
        catch (Exception e) when (e is DockerConfigurationException or NotSupportedException)
        {
            throw new InvalidOperationException($"Where Docker is cannot be found out: {e.Message}", e);
        }
    }
    private sealed class Listener(Action<DockerAgentContainer> ended) : IProgress<Message>
    {
        public void Report(Message value)
        {
            if (value.Actor is { } actor && actor.Attributes?.TryGetValue(AgentLabel.Name, out var agent) is true)
            {
                ended(new DockerAgentContainer(actor.ID, agent));
            }
        }
    }
}
