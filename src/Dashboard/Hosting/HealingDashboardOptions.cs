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

    /// <summary>The largest body that is read, bytes; larger ones are answered with 413. 1 KiB to 16 MiB, by default 64 KiB.</summary>
    public int MaxBodyBytes { get; set; } = 64 * 1024;

    /// <summary>Between two comments on an idle event stream, so that proxies keep it open. 1 s to 1 hour, by default 15 s.</summary>
    public TimeSpan EventKeepAlive { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How many event streams this process serves at once; more are answered with 503. 1 to 100,000, by default 1,000.</summary>
    public int MaxEventStreams { get; set; } = 1000;
}
