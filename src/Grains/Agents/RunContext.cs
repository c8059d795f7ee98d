using System.Text.Json;
using Microsoft.Extensions.Logging;
using OrleansHealing.Backends;
using OrleansHealing.Heartbeats;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Agents;

/// <summary>The context that an incarnation's body is given.</summary>
internal sealed class RunContext(
    AgentStart start, Promise promise, StoreClock clock, ICheckpoints checkpoints, ILogger logger, IServiceProvider services,
    TimeProvider time, Random random, int maxProgressLength)
    : AgentContext
{
    public override AgentId Id => start.Definition.Id;

    public override string Kind => start.Definition.Kind;

    public override long Incarnation => start.Incarnation;

    public override AgentFailure? PreviousFailure => start.PreviousFailure;

    public override AgentSettings Settings => start.Definition.Settings ?? AgentSettings.Empty;

    public override IReadOnlyDictionary<string, string> Labels { get; } = start.Definition.Labels ?? new Dictionary<string, string>();

    public override SupervisionPolicy Policy => start.Policy;

    public override ICheckpoints Checkpoints => checkpoints;

    public override ILogger Logger => logger;

    public override IServiceProvider Services => services;

    public override TimeProvider TimeProvider => time;

    public override Random Random => random;

    public override void Beat<T>(T progress)
    {
        var json = JsonText.From(progress, JsonSerializerOptions.Web);
        promise.GotOn(clock.Now, json.Text.Length <= maxProgressLength
            ? json
            : JsonText.From(new { tooLong = json.Text.Length }, JsonSerializerOptions.Web));
    }

    public override void Beat() => promise.GotOn(clock.Now, null);

    public override IDisposable ExpectSilence(TimeSpan span)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(span, TimeSpan.Zero);
        promise.ExpectSilence(clock.Now, span);
        return new Silence(promise, clock);
    }

    private sealed class Silence(Promise promise, StoreClock clock) : IDisposable
    {
        private int _isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0)
            {
                promise.ExpectSilence(clock.Now, null);
            }
        }
    }
}
