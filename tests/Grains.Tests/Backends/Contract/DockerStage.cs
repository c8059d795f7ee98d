using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using OrleansHealing.Agents;
using OrleansHealing.Backends;
using OrleansHealing.Backends.Docker;
using OrleansHealing.Hosting;
using OrleansHealing.Tests.Backends.Docker;

namespace OrleansHealing.Tests.Backends.Contract;

/// <summary>Agents that are containers, in a real Docker.</summary>
internal sealed class DockerStage : IRemoteBackendStage
{
    private const string Token = "run-token-of-this-test";

    // An exact copy of what it is told: that of the incarnation which is on its way out is another one's by then.
    private const string Script = """
        . /.healing/env
        trap 'echo "$HEALING_INCARNATION ends" >> /notes/"$HEALING_AGENT"; exit 0' TERM
        echo "$HEALING_INCARNATION begins" >> /notes/"$HEALING_AGENT"
        while :; do sleep 0.05; done
        """;

    private readonly RealDocker _docker;
    private readonly OrderSheet _orders = new(DockerAgentExtensions.Kind);
    private readonly string _prefix = $"c{Guid.NewGuid():N}";
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("healing-contract-");
    private readonly ConcurrentBag<DockerEngine> _engines = [];
    private readonly ConcurrentDictionary<AgentId, string> _containers = [];
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Socket? _mute;

    private DockerStage(RealDocker docker)
    {
        _docker = docker;
        Backend = At(docker.Endpoint, TimeSpan.FromSeconds(20));
    }

    public IRestartBackend Backend { get; }

    public IReadOnlyList<string> Secrets => [Token];

    public static async Task<IRemoteBackendStage> OpenAsync(RealDocker docker)
    {
        await docker.StartAsync();
        return new DockerStage(docker);
    }

    public async Task<AgentStart> GrantAsync(AgentId id)
    {
        var name = $"{_prefix}-{id}";
        if (_containers.TryAdd(id, name))
        {
            await _docker.CreateAsync(id.Value, name, Script, p => p.HostConfig!.Binds = [$"{_directory.FullName}:/notes"]);
        }

        return _orders.Next(id, $$"""{"container":"{{name}}"}""");
    }

    public async Task<IReadOnlyList<string>> HistoryAsync(AgentId id)
    {
        var notes = Path.Combine(_directory.FullName, id.Value);
        return File.Exists(notes) ? await File.ReadAllLinesAsync(notes, TestContext.Current.CancellationToken) : [];
    }

    public Task<(AgentStart Order, string Named)> GrantMissingAsync(AgentId id) =>
        Task.FromResult((_orders.Next(id, """{"container":"no-such-container"}"""), "There is no container 'no-such-container'"));

    public IRestartBackend OutOfReach(TimeSpan timeout) => At(new Uri($"unix://{_directory.FullName}/nobody.sock"), timeout);

    public IRestartBackend Mute(TimeSpan timeout)
    {
        var path = Path.Combine(_directory.FullName, "mute.sock");
        _mute = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _mute.Bind(new UnixDomainSocketEndPoint(path));
        _mute.Listen();
        _ = TakeAsync(_mute);
        return At(new Uri($"unix://{path}"), timeout);
    }

    public Task AskedAsync() => _asked.Task;

    public async ValueTask DisposeAsync()
    {
        foreach (var container in _containers.Values)
        {
            await _docker.RemoveAsync(container);
        }

        foreach (var engine in _engines)
        {
            engine.Dispose();
        }

        _mute?.Dispose();
        _directory.Delete(recursive: true);
    }

    private DockerRestartBackend At(Uri endpoint, TimeSpan timeout)
    {
        var options = Options.Create(new DockerAgentOptions { Endpoint = endpoint, Timeout = timeout, Url = new Uri("http://127.0.0.1:1") });
        var engine = new DockerEngine(options, TimeProvider.System);
        _engines.Add(engine);
        return new DockerRestartBackend(engine, new NotedExits(), options, new SiloAddressOfPages(), TimeProvider.System, new OneToken());
    }

    /// <summary>Takes what is asked, and says nothing.</summary>
    private async Task TakeAsync(Socket listener)
    {
        var open = new List<Socket>();
        try
        {
            while (true)
            {
                var connection = await listener.AcceptAsync(CancellationToken.None);
                open.Add(connection);
                if (await connection.ReceiveAsync(new byte[4096], CancellationToken.None) > 0)
                {
                    _asked.TrySetResult();
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            open.ForEach(o => o.Dispose());
        }
    }

    private sealed class OneToken : IRunTokens
    {
        public string Create(AgentId id, long incarnation) => Token;
    }
}
