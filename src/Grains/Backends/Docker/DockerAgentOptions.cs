namespace OrleansHealing.Backends.Docker;

/// <summary>How agents are restarted that are Docker containers. Checked when the host starts.</summary>
public class DockerAgentOptions
{
    /// <summary>
    /// Where Docker is: <c>unix:///var/run/docker.sock</c>, <c>tcp://host:2375</c> or <c>npipe://./pipe/docker_engine</c>. By default where its own
    /// command line would look: <c>DOCKER_HOST</c>, the current context, or the platform's own. It has to be the same Docker for every silo.
    /// </summary>
    public Uri? Endpoint { get; set; }

    /// <summary>
    /// Where the HTTP API of the fleet is, as containers reach it: they are told it with each start. By default the address that the silo
    /// itself has, which a container reaches on the network of its host alone.
    /// </summary>
    public Uri? Url { get; set; }

    /// <summary>After how long an order that Docker does not carry out is given up, the grace of a stop not counted; 10 s by default.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}
