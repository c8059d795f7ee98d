using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using OrleansHealing.Agents;
using OrleansHealing.Supervision;
using OrleansHealing.Tests.Agents.BuiltIn;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Agents.Processes;

/// <summary>One incarnation as the body of a process sees it, which writes down what is said of it.</summary>
internal sealed class ProcessContext(object settings) : AgentContext, ILogger
{
    /// <summary>Each beat with its progress, null for one without, and each announced silence as <c>silent S</c> and <c>heard</c>.</summary>
    public ConcurrentQueue<string> Said { get; } = new();

    /// <summary>Levels and lines that were logged.</summary>
    public ConcurrentQueue<string> Log { get; } = new();

    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(5);

    public override AgentId Id { get; } = AgentId.Parse("worker");

    public override string Kind => "process";

    public override long Incarnation => 7;

    public override long FirstIncarnation => 2;

    public override AgentFailure? PreviousFailure { get; } = new(FailureReason.Crashed, "it fell\u001b[31m over", Given.Now);

    public override AgentSettings Settings { get; } = AgentSettings.FromElement(JsonSerializer.SerializeToElement(settings));

    public override IReadOnlyDictionary<string, string> Labels { get; } = new Dictionary<string, string>();

    public override SupervisionPolicy Policy => Given.Policy with { StopGrace = StopGrace };

    public override ICheckpoints Checkpoints { get; } = new MemoryCheckpoints();

    public override ILogger Logger => this;

    public override IServiceProvider Services => throw new NotSupportedException();

    public override TimeProvider TimeProvider => TimeProvider.System;

    public override Random Random { get; } = new(1);

    public override Task EnsureCurrentAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public override void Beat<T>(T progress) => Said.Enqueue(JsonSerializer.Serialize(progress));

    public override void Beat() => Said.Enqueue("null");

    public override IDisposable ExpectSilence(TimeSpan span)
    {
        Said.Enqueue(FormattableString.Invariant($"silent {span.TotalSeconds}"));
        return new Silence(this);
    }

    public override Task<T> RunStepAsync<T>(Func<CancellationToken, Task<T>> step, TimeSpan? ceiling, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Log.Enqueue($"{logLevel}: {formatter(state, exception)}");

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;

    private sealed class Silence(ProcessContext context) : IDisposable
    {
        public void Dispose() => context.Said.Enqueue("heard");
    }
}
