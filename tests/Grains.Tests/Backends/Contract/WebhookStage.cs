using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OrleansHealing.Agents;
using OrleansHealing.Backends;
using OrleansHealing.Backends.External;
using OrleansHealing.Hosting;
using OrleansHealing.Tests.Alerts;
using OrleansHealing.Webhooks;

namespace OrleansHealing.Tests.Backends.Contract;

/// <summary>Agents that something else runs: a runner as its author makes one from what an order says, and nothing more.</summary>
internal sealed class WebhookStage : IRemoteBackendStage
{
    private const string Key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Token = "token-in-the-address";
    private readonly OrderSheet _orders = new(ExternalAgentExtensions.Kind);
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Runner _runner = new();
    private readonly ServiceProvider _services;
    private ReceiverOfAlerts _receiver = null!;

    private WebhookStage()
    {
        var services = new ServiceCollection();
        services.AddWebhookClient();
        _services = services.BuildServiceProvider();
    }

    public IRestartBackend Backend => To(_receiver.Url, TimeSpan.FromSeconds(10));

    public IReadOnlyList<string> Secrets => [Key["whsec_".Length..], Token];

    public static async Task<IRemoteBackendStage> OpenAsync()
    {
        var stage = new WebhookStage { _receiver = await ReceiverOfAlerts.OpenAsync() };
        stage._receiver.Otherwise = context => ReceiverOfAlerts.Status(stage._runner.Take(stage._receiver.Requests.Last()))(context);
        return stage;
    }

    public Task<AgentStart> GrantAsync(AgentId id) => Task.FromResult(_orders.Next(id));

    public Task<IReadOnlyList<string>> HistoryAsync(AgentId id) => Task.FromResult(_runner.HistoryOf(id.Value));

    /// <summary>The runner alone knows what there is, and says no more than a status.</summary>
    public Task<(AgentStart Order, string Named)> GrantMissingAsync(AgentId id) =>
        Task.FromResult((_orders.Next(id, """{"image":"no-such-image"}"""), "answered with 404"));

    public IRestartBackend OutOfReach(TimeSpan timeout)
    {
        using var reserved = new TcpListener(IPAddress.Loopback, 0);
        reserved.Start();
        return To(new Uri($"http://{reserved.LocalEndpoint}"), timeout);
    }

    public IRestartBackend Mute(TimeSpan timeout)
    {
        _receiver.Otherwise = context =>
        {
            _asked.TrySetResult();
            return ReceiverOfAlerts.Hangs()(context);
        };
        return To(_receiver.Url, timeout);
    }

    public Task AskedAsync() => _asked.Task;

    public async ValueTask DisposeAsync()
    {
        await _receiver.DisposeAsync();
        await _services.DisposeAsync();
    }

    private WebhookRestartBackend To(Uri address, TimeSpan timeout) => new(
        Options.Create(new ExternalAgentOptions { Url = new Uri(address, $"/hook?key={Token}"), Key = Key, Timeout = timeout }),
        Options.Create(new HealingOptions()), _services.GetRequiredService<IHttpClientFactory>(), TimeProvider.System);

    /// <summary>Runs one body of each agent, the newest that was ordered.</summary>
    private sealed class Runner
    {
        private readonly Lock _lock = new();
        private readonly Dictionary<string, long> _running = [];
        private readonly Dictionary<string, long> _newest = [];
        private readonly List<(string Agent, string Text)> _history = [];

        public IReadOnlyList<string> HistoryOf(string agent)
        {
            lock (_lock)
            {
                return [.. _history.Where(h => h.Agent == agent).Select(h => h.Text)];
            }
        }

        /// <returns>The status to answer with.</returns>
        public int Take(ReceiverOfAlerts.Request request)
        {
            var data = request.Json["data"]!;
            var (agent, incarnation) = ((string)data["agentId"]!, (long)data["incarnation"]!);
            var isStart = (string?)request.Json["type"] is "agent.start";
            lock (_lock)
            {
                var newest = _newest.GetValueOrDefault(agent);
                if (isStart && data["settings"]!["image"] is not null)
                {
                    return StatusCodes.Status404NotFound;
                }

                if (isStart ? incarnation <= newest : incarnation < newest)
                {
                    return StatusCodes.Status200OK;
                }

                _newest[agent] = incarnation;
                if (_running.Remove(agent, out var running))
                {
                    _history.Add((agent, $"{running} ends"));
                }

                if (isStart)
                {
                    _running[agent] = incarnation;
                    _history.Add((agent, $"{incarnation} begins"));
                }
            }

            return StatusCodes.Status200OK;
        }
    }
}
