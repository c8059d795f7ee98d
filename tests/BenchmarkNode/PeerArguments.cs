using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace OrleansHealing.BenchmarkNode;

/// <summary>What a node of a peer is told.</summary>
/// <param name="Name">The node's name.</param>
/// <param name="Redis">The store's connection string.</param>
/// <param name="Port">Its port for the other nodes.</param>
/// <param name="FirstPort">That of the first node, which makes the cluster.</param>
/// <param name="IsTuned">Whether it is set to be quick, as its documentation allows.</param>
/// <param name="IsBare">Whether its workers have a timer that does nothing, and no more: what everything else is built on.</param>
internal sealed record PeerArguments(string Name, string Redis, int Port, int FirstPort, bool IsTuned, bool IsBare)
{
    public static PeerArguments Read(string[] arguments)
    {
        var given = new ConfigurationBuilder().AddCommandLine(arguments).Build();
        return new(Text("name"), Text("redis"), Number("port"), Number("first-port"), given["tuned"] == "true", given["bare"] == "true");

        string Text(string name) => given[name] ?? throw new ArgumentException($"--{name} is missing.");

        int Number(string name) => int.Parse(Text(name), CultureInfo.InvariantCulture);
    }
}
