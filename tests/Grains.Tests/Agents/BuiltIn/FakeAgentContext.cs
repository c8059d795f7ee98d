using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansHealing.Agents;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Agents.BuiltIn;

/// <summary>One incarnation as an agent sees it; the checkpoints outlive it in <see cref="MemoryCheckpoints"/>.</summary>
internal sealed class FakeAgentContext(string settings, ICheckpoints checkpoints, TimeProvider time) : AgentContext
{
    public ConcurrentQueue<JsonElement> Beats { get; } = new();

    public Action<int>? OnBeat { get; init; }

    public override AgentId Id { get; } = AgentId.Parse("reader");

    public override string Kind => "data-processing";

    public override long Incarnation => 1;

    public override long FirstIncarnation => 1;

    public override AgentFailure? PreviousFailure => null;

    public override AgentSettings Settings { get; } = AgentSettings.Parse(settings);

    public override IReadOnlyDictionary<string, string> Labels { get; } = new Dictionary<string, string>();

    public override SupervisionPolicy Policy { get; } = new()
    {
        Restart = RestartPolicy.Transient,
        MaxRestarts = 8,
        Heartbeat = TimeSpan.FromSeconds(1),
        Timeout = TimeSpan.FromSeconds(5),
        ProgressTimeout = TimeSpan.FromSeconds(10),
        Stable = TimeSpan.FromSeconds(60),
        StartupGrace = TimeSpan.FromSeconds(15),
        StopGrace = TimeSpan.FromSeconds(5),
        MaxExpectedSilence = TimeSpan.FromMinutes(15),
        FailuresPerCheckpoint = 3,
        Backoff = new Backoff { Base = TimeSpan.FromSeconds(2), Factor = 2, Max = TimeSpan.FromSeconds(60), Jitter = 0 },
    };

    public override ICheckpoints Checkpoints => checkpoints;

    public override ILogger Logger => NullLogger.Instance;

    public override IServiceProvider Services => throw new NotSupportedException();

    public override TimeProvider TimeProvider => time;

    public override Random Random { get; } = new(1);

    public override Task EnsureCurrentAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public override void Beat<T>(T progress)
    {
        Beats.Enqueue(JsonSerializer.SerializeToElement(progress));
        OnBeat?.Invoke(Beats.Count);
    }

    public override void Beat() => throw new NotSupportedException();

    public override IDisposable ExpectSilence(TimeSpan span) => throw new NotSupportedException();

    public override Task<T> RunStepAsync<T>(Func<CancellationToken, Task<T>> step, TimeSpan? ceiling, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
