using System.CommandLine;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Verbs;

/// <summary>The <c>policy</c> of a definition as options. The silo checks the numbers, all at once.</summary>
internal sealed class PolicyOptions
{
    private readonly Option<RestartPolicy?> _restart = VerbOptions.OptionalWord<RestartPolicy>("--restart", "Whether it is started again when it ended.");
    private readonly Option<int?> _maxRestarts = new("--max-restarts") { Description = "The failure in a row that quarantines it.", HelpName = "N" };
    private readonly Option<double?> _heartbeat = VerbOptions.Seconds("--heartbeat", "Between two heartbeats.");
    private readonly Option<double?> _timeout = VerbOptions.Seconds("--timeout", "Silence after which it has failed.");
    private readonly Option<double?> _progressTimeout = VerbOptions.Seconds("--progress-timeout", "Lack of progress after which it is stuck.");
    private readonly Option<double?> _stable = VerbOptions.Seconds("--stable", "Health after which its failures are forgotten.");
    private readonly Option<double?> _startup = VerbOptions.Seconds("--startup", "From its start to its first heartbeat.");
    private readonly Option<double?> _stop = VerbOptions.Seconds("--stop", "From cancellation until its body is abandoned.");
    private readonly Option<double?> _maxSilence = VerbOptions.Seconds("--max-expected-silence", "The longest silence that it may announce.");
    private readonly Option<int?> _failuresPerCheckpoint = new("--failures-per-checkpoint")
    {
        Description = "Failures right after one checkpoint until it is started from the one before.",
        HelpName = "N",
    };

    private readonly Option<double?> _backoffBase = VerbOptions.Seconds("--backoff-base", "The base wait between failure and restart.");
    private readonly Option<double?> _backoffFactor = new("--backoff-factor") { Description = "What each further failure multiplies the wait by.", HelpName = "X" };
    private readonly Option<double?> _backoffMax = VerbOptions.Seconds("--backoff-max", "The longest wait.");
    private readonly Option<double?> _backoffJitter = new("--backoff-jitter") { Description = "How far a wait is spread, 0 to 1.", HelpName = "SHARE" };

    public void AddTo(Command command)
    {
        Option[] options =
        [
            _restart, _maxRestarts, _heartbeat, _timeout, _progressTimeout, _stable, _startup, _stop, _maxSilence,
            _failuresPerCheckpoint, _backoffBase, _backoffFactor, _backoffMax, _backoffJitter,
        ];
        foreach (var option in options)
        {
            command.Add(option);
        }
    }

    /// <summary>What was given; null when nothing was, so that kind and fleet decide.</summary>
    public PolicySettings? ToSettings(ParseResult arguments)
    {
        var backoff = new BackoffSettings
        {
            BaseSeconds = arguments.GetValue(_backoffBase),
            Factor = arguments.GetValue(_backoffFactor),
            MaxSeconds = arguments.GetValue(_backoffMax),
            Jitter = arguments.GetValue(_backoffJitter),
        };
        var policy = new PolicySettings
        {
            Restart = arguments.GetValue(_restart),
            MaxRestarts = arguments.GetValue(_maxRestarts),
            HeartbeatSeconds = arguments.GetValue(_heartbeat),
            TimeoutSeconds = arguments.GetValue(_timeout),
            ProgressTimeoutSeconds = arguments.GetValue(_progressTimeout),
            StableSeconds = arguments.GetValue(_stable),
            StartupSeconds = arguments.GetValue(_startup),
            StopSeconds = arguments.GetValue(_stop),
            MaxExpectedSilenceSeconds = arguments.GetValue(_maxSilence),
            FailuresPerCheckpoint = arguments.GetValue(_failuresPerCheckpoint),
            Backoff = backoff == new BackoffSettings() ? null : backoff,
        };
        return policy == new PolicySettings() ? null : policy;
    }
}
