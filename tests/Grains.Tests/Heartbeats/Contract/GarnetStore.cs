using System.Diagnostics;
using Garnet;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansHealing.Silo.EmbeddedStore;
using OrleansHealing.Tests.Heartbeats.Contract;

[assembly: AssemblyFixture(typeof(GarnetStore))]

namespace OrleansHealing.Tests.Heartbeats.Contract;

/// <summary>Garnet in this process, with the settings that the silo runs it with.</summary>
public sealed class GarnetStore : StoreServer
{
    private readonly StoreDirectory _directory = new(Path.Combine(Path.GetTempPath(), $"healing-contract-{Guid.NewGuid():N}"));
    private GarnetServer? _server;

    protected override Task<string> StartAsync(int port)
    {
        const string Password = "of-this-test-alone";
        var listeners = Trace.Listeners.Cast<TraceListener>().ToArray();
        _directory.Create();
        _server = new GarnetServer(GarnetArguments.For(_directory, port, Password), NullLoggerFactory.Instance);
        foreach (var added in Trace.Listeners.Cast<TraceListener>().Except(listeners).ToArray())
        {
            Trace.Listeners.Remove(added);
        }

        _server.Start();
        return Task.FromResult($"127.0.0.1:{port},password={Password}");
    }

    protected override Task StopAsync()
    {
        _server?.Dispose();
        Directory.Delete(_directory.Root, recursive: true);
        return Task.CompletedTask;
    }
}
