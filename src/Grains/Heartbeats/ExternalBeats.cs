using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;

namespace OrleansHealing.Heartbeats;

/// <summary>
/// Takes the heartbeats of agents whose bodies are no grains. The first of an incarnation claims it, as a grain's body does;
/// the fence is the same. Those of a process that a grain's body runs are passed on to it: they say that it gets on.
/// </summary>
internal sealed class ExternalBeats(
    IHeartbeatStore store, StoreClock clock, AgentKinds kinds, SupervisorNudge nudge, IGrainFactory grains, RemoteRuns runs, HealingOptions options, SilenceRecorder? silences = null)
{
    /// <summary>The host of whatever beats from outside the cluster; no silo's address reads like this.</summary>
    public const string Host = "external";

    /// <summary>Takes one heartbeat. Two round trips.</summary>
    public async Task<CommandResult> TakeAsync(AgentId id, ExternalHeartbeat beat)
    {
        var snapshot = (await store.LoadAsync(id.PartitionOf(store.Partitions), [id]))[0];
        if (snapshot.State.Value is not { } state || snapshot.Definition.Value is not { } definition)
        {
            return CommandResult.NotFound(id.Value);
        }

        if (Faults(beat).ToList() is { Count: > 0 } faults)
        {
            return CommandResult.Invalid(faults);
        }

        var kind = kinds.Find(definition.Kind);
        if (kind is { Create: not null, IsRemote: false })
        {
            return CommandResult.Conflict($"Agent '{id}' of kind '{definition.Kind}' is hosted by the cluster, which beats for it.");
        }

        if (!state.IsPromised || state.Incarnation != beat.Incarnation)
        {
            return Fenced(id, beat, state);
        }

        if (kind is { IsRemote: true })
        {
            return await PassOnAsync(id, beat, state, snapshot.Claim);
        }

        var policy = kinds.PolicyOf(definition);
        var (deadline, record) = Next(snapshot.CurrentHeartbeat, beat, policy, clock.Now);
        if (snapshot.Claim is not null)
        {
            var fenced = await store.BeatAsync(
                id.PartitionOf(store.Partitions), [new BeatEntry(id, beat.Incarnation, deadline.ToUnixTimeMilliseconds(), record)]);
            if (fenced.Count == 0 && snapshot.CurrentHeartbeat is { SilentUntil: null } last && last.PromiseSeconds >= policy.Timeout.TotalSeconds)
            {
                silences?.Heard(id, definition.Kind, last.At);
            }

            return fenced.Count == 0 ? Taken(id, beat, deadline) : Fenced(id, beat, state);
        }

        if (!await store.ClaimAsync(id, record, Host, deadline))
        {
            return Fenced(id, beat, state);
        }

        nudge.Tell(id);
        return Taken(id, beat, deadline);
    }

    /// <summary>To the body on this silo, or wherever its grain is; the call must not make a grain where none has a body.</summary>
    private async Task<CommandResult> PassOnAsync(AgentId id, ExternalHeartbeat beat, HealthState state, string? claim)
    {
        var isHeard = runs.Find(id, beat.Incarnation) is { } run
            ? run.Hear(beat)
            : claim is not null && await grains.GetGrain<IAgentGrain>(id.Value).HearAsync(beat);
        return isHeard
            ? CommandResult.Done($"Agent '{id}' is heard.", beat.Incarnation)
            : Fenced(id, beat, state);
    }

    private IEnumerable<Fault> Faults(ExternalHeartbeat beat)
    {
        if (beat.Incarnation is < 1 or > StoreKeys.MaxIncarnation)
        {
            yield return new Fault("incarnation", $"must be 1 to 2^53 (it is {beat.Incarnation})");
        }

        if (beat.Progress?.Text.Length > options.MaxProgressLength)
        {
            yield return new Fault("progress", $"must be at most {options.MaxProgressLength} characters of JSON (it is {beat.Progress.Value.Text.Length})");
        }

        if (beat.ExpectedSilence < TimeSpan.Zero)
        {
            yield return new Fault("expectedSilenceSeconds", $"must not be negative (it is {beat.ExpectedSilence.Value.TotalSeconds})");
        }
    }

    /// <summary>Silence is all that is ever heard of such an agent between two beats, so an announced one puts its deadline off. Pure.</summary>
    internal static (DateTimeOffset Deadline, Heartbeat Record) Next(Heartbeat? last, ExternalHeartbeat beat, SupervisionPolicy policy, DateTimeOffset now)
    {
        var silence = beat.ExpectedSilence > policy.MaxExpectedSilence ? policy.MaxExpectedSilence : beat.ExpectedSilence ?? TimeSpan.Zero;
        var progressAt = beat.Progress is not null || silence > TimeSpan.Zero ? now : ProgressAt(last, now);
        var deadline = now + policy.Timeout + silence;
        if (policy.ProgressTimeout is { } limit && progressAt + limit + silence < deadline)
        {
            deadline = progressAt + limit + silence;
        }

        return (deadline, new Heartbeat
        {
            Incarnation = beat.Incarnation,
            Sequence = (last?.Sequence ?? 0) + 1,
            At = now,
            PromiseSeconds = (deadline - now).TotalSeconds,
            SilentUntil = silence > TimeSpan.Zero ? now + silence : null,
            Host = Host,
            Progress = beat.Progress ?? last?.Progress,
            ProgressAt = progressAt,
            Checkpoint = last?.Checkpoint,
        });
    }

    /// <summary>
    /// When it last got on, where it has not since. That it is heard after its promise, and is not replaced, is for nobody could be heard
    /// meanwhile or for the store's clock stepped; so much is no lack of progress.
    /// </summary>
    private static DateTimeOffset ProgressAt(Heartbeat? last, DateTimeOffset now)
    {
        if (last?.ProgressAt is not { } at)
        {
            return now;
        }

        var unheard = now - last.At - TimeSpan.FromSeconds(last.PromiseSeconds);
        var counted = unheard > TimeSpan.Zero ? at + unheard : at;
        return counted < now ? counted : now;
    }

    private static CommandResult Taken(AgentId id, ExternalHeartbeat beat, DateTimeOffset deadline) =>
        CommandResult.Done($"Agent '{id}' is next awaited by {deadline:yyyy-MM-ddTHH:mm:ss.fffZ}.", beat.Incarnation);

    private static CommandResult Fenced(AgentId id, ExternalHeartbeat beat, HealthState state) => CommandResult.Conflict(
        $"Incarnation {beat.Incarnation} of agent '{id}' is not the current one (that is {state.Incarnation}, {Serialization.Words.ToWord(state.Status)}); its heartbeat was refused. Stop working.");
}
