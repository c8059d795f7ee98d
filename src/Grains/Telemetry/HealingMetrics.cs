using System.Diagnostics.Metrics;
using OrleansHealing.Alerts;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Telemetry;

/// <summary>Every instrument, one verb a happening. Durations are in seconds; an agent's id is never a tag.</summary>
public sealed partial class HealingMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "OrleansHealing";

    // From a told crash, some milliseconds, to a silo that is only missed by its probes and a backoff at its cap.
    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    };

    // How long a mistake lasts, and until the next one: up to a day.
    private static readonly InstrumentAdvice<double> LongSeconds = new()
    {
        HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 14_400, 86_400],
    };

    private readonly Lock _mistakeLock = new();
    private readonly Meter _meter;
    private readonly Counter<long> _restarts;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _quarantines;
    private readonly Histogram<double> _detect;
    private readonly Histogram<double> _overdue;
    private readonly Counter<long> _mistakes;
    private readonly Histogram<double> _mistakeDuration;
    private readonly Histogram<double> _mistakeRecurrence;
    private readonly Histogram<double> _backoff;
    private readonly Histogram<double> _restart;
    private readonly Histogram<double> _recover;
    private readonly Histogram<double> _round;
    private readonly Histogram<double> _lag;
    private readonly Counter<long> _beats;
    private readonly Counter<long> _fenced;
    private readonly Counter<long> _flushFailures;
    private readonly Histogram<int> _batch;
    private readonly Histogram<double> _beatLag;
    private readonly Histogram<double> _store;
    private readonly Counter<long> _malformed;
    private readonly UpDownCounter<long> _abandoned;
    private readonly Counter<long> _steps;
    private readonly Histogram<double> _poolDelay;
    private readonly Counter<long> _starvations;
    private readonly Counter<long> _alerts;
    private readonly Counter<long> _alertsSent;
    private long _malformedSeen;
    private int _abandonedNow;
    private DateTimeOffset? _lastMistakeAt;

    /// <summary>Makes the instruments.</summary>
    /// <param name="meters">Where the meter comes from.</param>
    /// <param name="time">By which what is observed grows old; the system's where none is given.</param>
    public HealingMetrics(IMeterFactory meters, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(meters);
        _time = time ?? TimeProvider.System;
        _meter = meters.Create(MeterName);
        _restarts = _meter.CreateCounter<long>("healing.agent.restarts", "{restart}", "Incarnations granted after first ones.");
        _failures = _meter.CreateCounter<long>("healing.agent.failures", "{failure}", "Incarnations that failed, by reason.");
        _quarantines = _meter.CreateCounter<long>("healing.agent.quarantines", "{agent}", "Agents given up on.");
        _detect = _meter.CreateHistogram<double>("healing.detect.duration", "s", "From a failure, or a missed deadline, to its detection.", advice: Seconds);
        _overdue = _meter.CreateHistogram<double>("healing.detect.overdue", "s", "From a missed deadline until it was acted on.", advice: Seconds);
        _mistakes = _meter.CreateCounter<long>("healing.detect.mistakes", "{mistake}", "Incarnations given up on for their silence that then proved alive, by reason.");
        _mistakeDuration = _meter.CreateHistogram<double>("healing.detect.mistake.duration", "s", "How long a living incarnation was taken for dead.", advice: LongSeconds);
        _mistakeRecurrence = _meter.CreateHistogram<double>("healing.detect.mistake.recurrence", "s", "Between two mistakes that this silo saw.", advice: LongSeconds);
        _backoff = _meter.CreateHistogram<double>("healing.backoff.duration", "s", "Waits before a restart, as they were decided.", advice: Seconds);
        _restart = _meter.CreateHistogram<double>("healing.restart.duration", "s", "From the grant of an incarnation to its first beat.", advice: Seconds);
        _recover = _meter.CreateHistogram<double>("healing.recover.duration", "s", "From a failure to the first beat after it.", advice: Seconds);
        _round = _meter.CreateHistogram<double>("healing.supervisor.round.duration", "s", "One round of the supervisor.", advice: Seconds);
        _lag = _meter.CreateHistogram<double>("healing.supervisor.lag", "s", "How late a round of the supervisor began.", advice: Seconds);
        _beats = _meter.CreateCounter<long>("healing.heartbeats", "{heartbeat}", "Heartbeats that the store accepted.");
        _fenced = _meter.CreateCounter<long>("healing.heartbeats.fenced", "{heartbeat}", "Heartbeats refused because a newer incarnation was granted.");
        _flushFailures = _meter.CreateCounter<long>("healing.heartbeats.flush.failures", "{flush}", "Batches of heartbeats that the store did not take.");
        _batch = _meter.CreateHistogram<int>("healing.heartbeats.batch.size", "{heartbeat}", "Heartbeats sent in one batch.");
        _beatLag = _meter.CreateHistogram<double>("healing.heartbeats.lag", "s", "From the oldest heartbeat that a batch stands for until the store had it.", advice: Seconds);
        _store = _meter.CreateHistogram<double>("healing.store.duration", "s", "One operation of the store, answered or failed.", advice: Seconds);
        _malformed = _meter.CreateCounter<long>("healing.store.malformed", "{record}", "Records in the store that could not be read.");
        _poolDelay = _meter.CreateHistogram<double>("healing.silo.pool.delay", "s", "How long work waited for a thread of the pool.", advice: Seconds);
        _starvations = _meter.CreateCounter<long>("healing.silo.pool.starvations", "{starvation}", "Times at which nothing moved in the thread pool for most of a second.");
        _steps = _meter.CreateCounter<long>("healing.agent.steps.cancelled", "{step}", "Steps that were cancelled since their agent did not get on.");
        _alerts = _meter.CreateCounter<long>("healing.alerts", "{alert}", "Alerts that began, by condition.");
        _alertsSent = _meter.CreateCounter<long>("healing.alerts.sent", "{message}", "Attempts to tell a sink, by its kind, what was told and how it went.");
        _abandoned = _meter.CreateUpDownCounter<long>("healing.agent.abandoned", "{body}", "Bodies that ignored cancellation and have not ended yet.");
        _meter.CreateObservableGauge("healing.agents", ObserveAgents, "{agent}", "Agents by status, as the supervisor's silo last counted them.");
        _meter.CreateObservableGauge("healing.supervisor.age", ObserveSupervisors, "s", "How long ago the supervisor finished a round, as this silo last heard from it.");
    }

    /// <summary>Malformed records seen since this host came up.</summary>
    public long MalformedSeen => Interlocked.Read(ref _malformedSeen);

    /// <summary>A record could not be read.</summary>
    public void MalformedRecordSeen(string record)
    {
        Interlocked.Increment(ref _malformedSeen);
        _malformed.Add(1, new KeyValuePair<string, object?>("record", record));
    }

    /// <summary>The supervisor committed an action.</summary>
    public void ActionCommitted(SupervisorAction action)
    {
        ArgumentNullException.ThrowIfNull(action);
        switch (action.Action)
        {
            case ActionKind.Failed:
                _failures.Add(1, new KeyValuePair<string, object?>("reason", action.Reason));
                if (action.DetectSeconds is { } detect)
                {
                    _detect.Record(Math.Max(0, detect), new KeyValuePair<string, object?>("reason", action.Reason));
                }

                break;
            case ActionKind.BackingOff:
                _backoff.Record(Math.Max(0, action.BackoffSeconds ?? 0), new KeyValuePair<string, object?>("reason", action.Reason));
                break;
            case ActionKind.Restarting:
                _restarts.Add(1, new KeyValuePair<string, object?>("reason", action.Reason));
                break;
            case ActionKind.Quarantined:
                _quarantines.Add(1, new KeyValuePair<string, object?>("reason", action.Reason));
                break;
        }
    }

    /// <summary>A missed deadline was acted on.</summary>
    public void DeadlineActedOn(TimeSpan overdue, string reason) =>
        _overdue.Record(Math.Max(0, overdue.TotalSeconds), new KeyValuePair<string, object?>("reason", reason));

    /// <summary>
    /// An incarnation that was given up on proved alive. A mistake of the failure detector, its duration and its recurrence are
    /// those of Chen, Toueg and Aguilera, "On the quality of service of failure detectors", 2002.
    /// </summary>
    /// <param name="reason">What it was given up on for.</param>
    /// <param name="since">When it was first taken for dead, in the store's time.</param>
    /// <param name="now">The store's time.</param>
    public void FalselySuspected(string reason, DateTimeOffset since, DateTimeOffset now)
    {
        var tag = new KeyValuePair<string, object?>("reason", reason);
        _mistakes.Add(1, tag);
        _mistakeDuration.Record(Math.Max(0, (now - since).TotalSeconds), tag);
        lock (_mistakeLock)
        {
            if (_lastMistakeAt is { } last)
            {
                _mistakeRecurrence.Record(Math.Max(0, (now - last).TotalSeconds));
            }

            _lastMistakeAt = now;
        }
    }

    /// <summary>An incarnation beat for the first time.</summary>
    /// <param name="afterGrant">Since it was granted.</param>
    /// <param name="isFirst">Whether it is the agent's first.</param>
    public void Began(TimeSpan afterGrant, bool isFirst) =>
        _restart.Record(Math.Max(0, afterGrant.TotalSeconds), new KeyValuePair<string, object?>("start", isFirst ? "first" : "again"));

    /// <summary>An agent beat again.</summary>
    public void Recovered(TimeSpan afterFailure) => _recover.Record(Math.Max(0, afterFailure.TotalSeconds));

    /// <summary>The supervisor finished a round.</summary>
    public void RoundCompleted(TimeSpan took) => _round.Record(took.TotalSeconds);

    /// <summary>A round of the supervisor began.</summary>
    /// <param name="late">After it was due.</param>
    public void RoundBegan(TimeSpan late) => _lag.Record(Math.Max(0, late.TotalSeconds));

    /// <summary>The store answered, or did not.</summary>
    /// <param name="operation">What was asked; one of few words.</param>
    /// <param name="took">How long that took.</param>
    /// <param name="error">What it failed with, in a word; null when it did not.</param>
    public void StoreAsked(string operation, TimeSpan took, string? error)
    {
        var tag = new KeyValuePair<string, object?>("operation", operation);
        if (error is null)
        {
            _store.Record(took.TotalSeconds, tag);
        }
        else
        {
            _store.Record(took.TotalSeconds, tag, new KeyValuePair<string, object?>("error.type", error));
        }
    }

    /// <summary>A batch of heartbeats was taken.</summary>
    /// <param name="accepted">How many were accepted.</param>
    /// <param name="fenced">How many were refused.</param>
    /// <param name="lag">Since the oldest that it stands for was made.</param>
    public void BatchFlushed(int accepted, int fenced, TimeSpan lag)
    {
        _beatLag.Record(lag.TotalSeconds);
        _beats.Add(accepted);
        _batch.Record(accepted + fenced);
        if (fenced > 0)
        {
            _fenced.Add(fenced);
        }
    }

    /// <summary>A batch of heartbeats was not taken.</summary>
    public void FlushFailed() => _flushFailures.Add(1);

    /// <summary>A piece of work was given a thread.</summary>
    public void PoolAnswered(TimeSpan waited) => _poolDelay.Record(waited.TotalSeconds);

    /// <summary>Nothing moves in the thread pool.</summary>
    public void PoolStarved() => _starvations.Add(1);

    /// <summary>A step was cancelled for lack of progress.</summary>
    public void StepCancelled() => _steps.Add(1);

    /// <summary>Bodies on this host that ignored cancellation past their grace and have not ended yet.</summary>
    public int AbandonedBodies => Volatile.Read(ref _abandonedNow);

    /// <summary>A body ignored cancellation past its grace.</summary>
    public void BodyAbandoned()
    {
        Interlocked.Increment(ref _abandonedNow);
        _abandoned.Add(1);
    }

    /// <summary>An abandoned body ended after all.</summary>
    public void AbandonedBodyEnded()
    {
        Interlocked.Decrement(ref _abandonedNow);
        _abandoned.Add(-1);
    }

    /// <summary>An alert began.</summary>
    public void AlertBegan(AlertCondition condition) => _alerts.Add(1, new KeyValuePair<string, object?>("condition", condition.ToWord()));

    /// <summary>A sink was told, or was tried to be.</summary>
    /// <param name="kind">The sink's kind.</param>
    /// <param name="state">What it was told.</param>
    /// <param name="outcome"><c>ok</c>, <c>failed</c> or <c>refused</c>.</param>
    public void AlertSent(string kind, AlertState state, string outcome) => _alertsSent.Add(
        1, new("sink", kind), new("state", state.ToWord()), new KeyValuePair<string, object?>("outcome", outcome));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
