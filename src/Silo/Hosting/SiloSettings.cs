using System.ComponentModel.DataAnnotations;
using OrleansHealing.Hosting;

namespace OrleansHealing.Silo.Hosting;

/// <summary>What this host adds to <see cref="HealingOptions"/> in the configuration section <c>Healing</c>.</summary>
internal sealed class SiloSettings
{
    /// <summary>The Orleans cluster id.</summary>
    [Required]
    public string ClusterId { get; set; } = HealingDefaults.ClusterId;

    /// <summary>The Orleans service id.</summary>
    [Required]
    public string ServiceId { get; set; } = HealingDefaults.ServiceId;

    /// <summary>The port for other silos; the first free one from 11111 by default.</summary>
    [Range(1, 65_535)]
    public int? SiloPort { get; set; }

    /// <summary>The port for Orleans clients; the first free one from 30000 by default.</summary>
    [Range(1, 65_535)]
    public int? GatewayPort { get; set; }

    /// <summary>Listen on every address of the machine instead of loopback alone. Nothing that silos say to each other is encrypted.</summary>
    public bool ListenOnAllAddresses { get; set; }

    /// <summary>The address that other silos and clients reach this one at; the machine's own by default when it listens on all.</summary>
    public string? AdvertisedAddress { get; set; }

    /// <summary>
    /// The Orleans Dashboard at <c>/orleans</c>, the same on all silos. It looks at every grain each second, which many agents feel, and the
    /// other pages do without it.
    /// </summary>
    public bool OrleansDashboard { get; set; } = true;

    /// <summary>Agents that are processes.</summary>
    public ProcessAgentSettings ProcessAgents { get; set; } = new();

    /// <summary>Agents that are Docker containers.</summary>
    public DockerAgentSettings DockerAgents { get; set; } = new();

    /// <summary>Agents that Kubernetes runs.</summary>
    public KubernetesAgentSettings KubernetesAgents { get; set; } = new();

    /// <summary>The embedded store, used when no Redis is configured.</summary>
    public EmbeddedStoreSettings EmbeddedStore { get; set; } = new();
}

/// <summary>The embedded store's settings.</summary>
internal sealed class EmbeddedStoreSettings
{
    /// <summary>Where it keeps its data; one directory for each user of the machine by default.</summary>
    public string? Directory { get; set; }

    /// <summary>After how long without a client it ends; 1 min by default.</summary>
    public TimeSpan Linger { get; set; } = EmbeddedStore.EmbeddedStoreServer.DefaultLinger;
}
