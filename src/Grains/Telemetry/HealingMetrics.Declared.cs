using OrleansHealing.Alerts;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Telemetry;

/// <summary>What is counted seldom is there from the start.</summary>
public sealed partial class HealingMetrics
{
    private static readonly string[] AlertOutcomes = ["ok", "failed", "refused"];

    /// <summary>
    /// Adds nothing to each counter. A series that begins with its first happening begins at 1: a rate over it never sees that one,
    /// and an alert on what happens once does not fire.
    /// </summary>
    /// <param name="sinks">The kinds of sinks that are told of alerts here.</param>
    public void Declare(IEnumerable<string> sinks)
    {
        foreach (var counter in new[] { _beats, _fenced, _flushFailures, _steps, _starvations })
        {
            counter.Add(0);
        }

        foreach (var reason in Enum.GetValues<FailureReason>())
        {
            var tag = new KeyValuePair<string, object?>("reason", reason.ToWord());
            _failures.Add(0, tag);
            _restarts.Add(0, tag);
            _quarantines.Add(0, tag);
        }

        foreach (var reason in new[] { FailureReason.Silent, FailureReason.SiloLost, FailureReason.Stuck })
        {
            _mistakes.Add(0, new KeyValuePair<string, object?>("reason", reason.ToWord()));
        }

        foreach (var condition in Enum.GetValues<AlertCondition>())
        {
            _alerts.Add(0, new KeyValuePair<string, object?>("condition", condition.ToWord()));
        }

        foreach (var sink in sinks.Distinct(StringComparer.Ordinal))
        {
            foreach (var state in Enum.GetValues<AlertState>())
            {
                foreach (var outcome in AlertOutcomes)
                {
                    _alertsSent.Add(0, new("sink", sink), new("state", state.ToWord()), new KeyValuePair<string, object?>("outcome", outcome));
                }
            }
        }

        foreach (var record in new[] { "AgentDefinition", "HealthState", "Heartbeat", "IncarnationReport", "Checkpoint", "SupervisorAction" })
        {
            _malformed.Add(0, new KeyValuePair<string, object?>("record", record));
        }

        _abandoned.Add(0);
    }
}
