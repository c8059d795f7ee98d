using OrleansHealing.Heartbeats;

namespace OrleansHealing.Supervision;

/// <summary>Verdicts by silence are counted, for whoever asks what another timeout would have meant.</summary>
internal sealed partial class Judge
{
    /// <summary>Where they are counted; null for nowhere.</summary>
    public SilenceRecorder? Silences { private get; init; }

    private void CountVerdict(AgentSnapshot before, Decision decision)
    {
        if (Silences is not { } silences || decision is not { OnlyIfDeadlineAtMost: { } deadline, Next.LastFailure: { } failure }
            || failure.Reason is not (FailureReason.Silent or FailureReason.SiloLost) || !decision.Actions.Any(a => a.Action is ActionKind.Failed))
        {
            return;
        }

        var timeout = PolicyOf(before).Timeout;
        var promise = before.CurrentHeartbeat is { } beat ? TimeSpan.FromSeconds(beat.PromiseSeconds) : timeout;
        silences.Judged(before.Id, before.Definition.Value?.Kind ?? "?", failure.Reason, timeout, decision.Actions[0].At - (deadline - promise));
    }
}
