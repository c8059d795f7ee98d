namespace OrleansHealing.Backends.External;

/// <summary>How agents are restarted that something else runs. Checked when the host starts. Configuration section: <c>Healing:ExternalAgents</c>.</summary>
public sealed class ExternalAgentOptions
{
    /// <summary>
    /// Who is told to start and to stop them, by a POST that is signed as Standard Webhooks say; a secret. None by default: then whoever
    /// runs them asks which incarnation is granted (<c>GET /api/v1/agents/{id}</c>).
    /// </summary>
    public Uri? Url { get; set; }

    /// <summary>The shared secret of the signature: <c>whsec_</c> and the base64 of 24 to 64 bytes. Required with <see cref="Url"/>.</summary>
    public string? Key { get; set; }

    /// <summary>After how long an order without an answer is given up, its repetitions included; 10 s by default.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}
