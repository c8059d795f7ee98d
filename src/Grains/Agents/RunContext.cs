using System.Text.Json;
using Microsoft.Extensions.Logging;
using OrleansHealing.Backends;
using OrleansHealing.Heartbeats;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Agents;

/// <summary>The context that an incarnation's body is given.</summary>
internal sealed partial class RunContext(
    AgentStart start, Promise promise, Steps steps, StoreClock clock, ICheckpoints checkpoints, ILogger logger, IServiceProvider services,
    TimeProvider time, Random random, int maxProgressLength, Func<CancellationToken, Task> ensureCurrent)
    : AgentContext
{
    public override AgentId Id => start.Definition.Id;

    public override string Kind => start.Definition.Kind;

    public override long Incarnation => start.Incarnation;

    public override long FirstIncarnation => start.FirstIncarnation;

    public override AgentFailure? PreviousFailure => start.PreviousFailure;

    public override AgentSettings Settings => start.Definition.Settings ?? AgentSettings.Empty;

    public override IReadOnlyDictionary<string, string> Labels { get; } = start.Definition.Labels ?? new Dictionary<string, string>();

    public override SupervisionPolicy Policy => start.Policy;

    public override ICheckpoints Checkpoints => checkpoints;

    public override ILogger Logger => logger;

    public override IServiceProvider Services => services;

    public override TimeProvider TimeProvider => time;

    public override Random Random => random;

    public override Task EnsureCurrentAsync(CancellationToken cancellationToken = default) => ensureCurrent(cancellationToken);

    public override void Beat<T>(T progress) => promise.GotOn(clock.Now, Shown(progress));

    public override void Beat() => promise.GotOn(clock.Now, null);

    public override IDisposable ExpectSilence(TimeSpan span)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(span, TimeSpan.Zero);
        return new OpenSilence(promise, clock, promise.ExpectSilence(clock.Now, span));
    }

    public override Task<T> RunStepAsync<T>(Func<CancellationToken, Task<T>> step, TimeSpan? ceiling, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ceiling ?? TimeSpan.MaxValue, TimeSpan.Zero, nameof(ceiling));
        return steps.RunAsync(step, ceiling, cancellationToken);
    }

    private JsonText Shown<T>(T progress)
    {
        try
        {
            var json = JsonText.From(progress, JsonSerializerOptions.Web);
            return json.Text.Length <= maxProgressLength ? json : JsonText.From(new { tooLong = json.Text.Length }, JsonSerializerOptions.Web);
        }
        catch (Exception e)
        {
            // Whatever a getter of the author's throws: a heartbeat must not hurt the agent, and that it got on counts all the same.
            LogNotShown(logger, typeof(T).Name, e.Message);
            return JsonText.From(new { unreadable = typeof(T).Name }, JsonSerializerOptions.Web);
        }
    }

    private sealed class OpenSilence(Promise promise, StoreClock clock, Promise.Silence silence) : IDisposable
    {
        public void Dispose() => promise.EndSilence(silence, clock.Now);
    }

    [LoggerMessage(1120, LogLevel.Warning, "Progress of type {Type} cannot be written as JSON and is not shown: {Error}")]
    private static partial void LogNotShown(ILogger logger, string type, string error);
}
