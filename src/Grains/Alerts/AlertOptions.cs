using System.ComponentModel.DataAnnotations;

namespace OrleansHealing.Alerts;

/// <summary>Who is told what. Every value is checked when the host starts. Configuration section: <c>Healing:Alerts</c>.</summary>
public sealed class AlertOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "Healing:Alerts";

    /// <summary>Where alerts are sent to; to the log alone when there are none.</summary>
    public IList<AlertSinkOptions> Sinks { get; } = [];

    /// <summary>
    /// What the fleet is called in alerts; <c>KeyPrefix</c> by default. Part of what receivers know an alert by, so two fleets that alert to one
    /// receiver need two names. At most 64 letters, digits, dots, dashes and underscores.
    /// </summary>
    [RegularExpression("^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    public string? Fleet { get; set; }

    /// <summary>The address of the healing dashboard as people reach it, for links in alerts; none by default.</summary>
    public Uri? PageUrl { get; set; }

    /// <summary>
    /// How long a condition must be over before its alert resolves; 30 s by default. Each time that it comes back within that time, or
    /// within ten minutes of its end, the time doubles, up to half an hour.
    /// </summary>
    public TimeSpan ResolveAfter { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often, at most, a sink is told that an open alert has changed; 5 min by default.</summary>
    public TimeSpan UpdateEvery { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Agents given up on within a minute that are told one by one, in a partition; any further are told as one storm. 10 by default.</summary>
    [Range(1, 1_000)]
    public int StormAfter { get; set; } = 10;

    /// <summary>Restarts a minute, over five minutes, above which is told of it; 100 by default, 0 for never. Those that a lost silo or a person brought about do not count.</summary>
    [Range(0, 1_000_000)]
    public int RestartsPerMinute { get; set; } = 100;

    /// <summary>For how long a silo must not reach the store before it is told; 10 s by default.</summary>
    public TimeSpan StoreAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>For how long no supervisor of a partition must finish a round before it is told; 20 s by default.</summary>
    public TimeSpan SupervisorAfter { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// An address that is asked (GET) as long as the supervisors finish their rounds, for a service that alerts when that stops: the dead
    /// man's switch. None by default; it is a secret.
    /// </summary>
    public Uri? DeadManUrl { get; set; }

    /// <summary>How often; 1 min by default.</summary>
    public TimeSpan DeadManEvery { get; set; } = TimeSpan.FromMinutes(1);
}
