namespace OrleansHealing.Dashboard.Hosting;

/// <summary>Who may talk to the API and the page, and how much they may say. Checked when the host starts.</summary>
public sealed class HealingDashboardOptions
{
    /// <summary>
    /// The names that a request may give in its <c>Host</c> header, without ports; any other is answered with 403. This is what
    /// stops DNS rebinding, where a page of another site points its own name at this machine. By default <c>localhost</c>,
    /// <c>127.0.0.1</c> and <c>[::1]</c>. The numeric address that the connection came in on is allowed always, since no name can be
    /// pointed at it. When the API is reached by a name, add the name: <c>fleet.example.com</c>, or <c>*.example.com</c> for all below it;
    /// <c>*</c> takes every host, for use behind a proxy that checks it.
    /// </summary>
    public IList<string> AllowedHosts { get; } = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>
    /// The keys that let callers in, each <c>KEY</c> or <c>NAME:KEY</c>; the action log shows the name. A key is 16 to 256 characters out
    /// of <c>A-Z a-z 0-9 - . _ ~ + / =</c>, for example <c>openssl rand -hex 32</c>. None by default, which is enough on loopback; where
    /// the host can be reached from other machines it does not start without a key, <c>RequireAuthorization</c> on what
    /// <c>MapHealing</c> returns, or <see cref="AllowAnonymous"/>. Once there is a key, every caller needs one. Empty entries are left out.
    /// </summary>
    public IList<string> ApiKeys { get; } = [];

    /// <summary>
    /// Lets everybody in who reaches the host, also from other machines. Keys that are there are asked for all the same. By default false.
    /// </summary>
    public bool AllowAnonymous { get; set; }

    /// <summary>Answers every write with 403, heartbeats of agents outside the cluster included. By default false.</summary>
    public bool ReadOnly { get; set; }

    /// <summary>
    /// Lets callers kill silos, to see their agents come back on another: for development. By default false; the silo of this project has
    /// it on where it is started with <c>--demo</c> or in the environment <c>Development</c>.
    /// </summary>
    public bool AllowKillingSilos { get; set; }

    /// <summary>
    /// Where this host serves the Orleans Dashboard, for the page to link to it: a URL, or a path relative to the page's. None by default;
    /// the silo of this project says <c>orleans</c> unless it is told to go without.
    /// </summary>
    public string? OrleansDashboard { get; set; }

    /// <summary>How long a browser stays signed in. 1 minute to 90 days, by default 12 hours.</summary>
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromHours(12);

    /// <summary>
    /// How many writes a second each caller may send on average; more are answered with 429. Heartbeats do not count. 0 to 1,000,000,
    /// 0 for no limit; by default 1,000.
    /// </summary>
    public int WritesPerSecond { get; set; } = 1000;

    /// <summary>How many writes a caller may send at once before that counts. 1 to 1,000,000, by default 10,000.</summary>
    public int WriteBurst { get; set; } = 10_000;

    /// <summary>
    /// How many wrong keys a minute are looked at from one address; more are answered with 429, and so are right ones. The same wrong
    /// key again does not count. 1 to 10,000, by default 30.
    /// </summary>
    public int WrongKeysPerMinute { get; set; } = 30;

    /// <summary>The largest body that is read, bytes; larger ones are answered with 413. Of an order to many agents it is 160 KiB at least. 1 KiB to 16 MiB, by default 64 KiB.</summary>
    public int MaxBodyBytes { get; set; } = 64 * 1024;

    /// <summary>Between two comments on an idle event stream, so that proxies keep it open. 1 s to 1 hour, by default 15 s.</summary>
    public TimeSpan EventKeepAlive { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How many event streams, live ones and those of actions together, this process serves at once; more are answered with 503. 1 to 100,000, by default 1,000.</summary>
    public int MaxEventStreams { get; set; } = 1000;
}
