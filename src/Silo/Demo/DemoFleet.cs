using System.Text.Json;
using OrleansHealing.Agents;
using OrleansHealing.Agents.BuiltIn;
using OrleansHealing.Fleet;
using OrleansHealing.Supervision;

namespace OrleansHealing.Silo.Demo;

/// <summary>
/// A small fleet to watch: readers that count the texts beside the program, and three with a flaw: one that crashes now and
/// then, one that hangs, one that never recovers. Agents that are there already are left alone.
/// </summary>
internal sealed partial class DemoFleet(IGrainFactory grains, IHostApplicationLifetime lifetime, ILogger<DemoFleet> logger) : IHostedService
{
    private const string Actor = "demo";

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(() => _ = SpawnAsync());
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The definitions of the fleet.</summary>
    internal static IEnumerable<AgentDefinition> Definitions()
    {
        var texts = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "demo")).Order(StringComparer.Ordinal).ToList();
        foreach (var text in texts)
        {
            yield return Reader($"reader-{Path.GetFileNameWithoutExtension(text).ToLowerInvariant()}", text, 1, new { });
        }

        yield return Reader("crasher", texts[0], 1, new { crashAfterHeartbeats = 12 }) with
        {
            Policy = new PolicySettings { StableSeconds = 5 },
        };
        yield return Reader("doomed", texts[0], 1, new { crashAfterHeartbeats = 1 }) with
        {
            Policy = new PolicySettings { Backoff = new BackoffSettings { BaseSeconds = 0.5, MaxSeconds = 8 } },
        };
        yield return new AgentDefinition { Id = AgentId.Parse("hanger"), Kind = HangingAgent.KindName, Labels = Labels("flaw") };
    }

    private static AgentDefinition Reader(string id, string path, double linesPerSecond, object flaws)
    {
        var settings = new Dictionary<string, object> { ["path"] = path, ["linesPerSecond"] = linesPerSecond, ["checkpointEvery"] = 5 };
        foreach (var flaw in flaws.GetType().GetProperties())
        {
            settings[flaw.Name] = flaw.GetValue(flaws)!;
        }

        return new AgentDefinition
        {
            Id = AgentId.Parse(id),
            Kind = DataProcessingAgent.Kind,
            Settings = AgentSettings.Parse(JsonSerializer.Serialize(settings)),
            Labels = Labels(settings.Count > 3 ? "flaw" : "reader"),
        };
    }

    private static Dictionary<string, string> Labels(string role) => new() { ["demo"] = role };

    private async Task SpawnAsync()
    {
        foreach (var definition in Definitions())
        {
            try
            {
                var result = await grains.GetFleet().SpawnAsync(definition, Actor);
                if (result.Outcome is not (CommandOutcome.Ok or CommandOutcome.Conflict))
                {
                    LogRefused(logger, definition.Id, result.Message);
                }
            }
            catch (Exception e)
            {
                // The demo is no reason to stop a silo; whoever watches it sees what is missing, and why here.
                LogRefused(logger, definition.Id, e.Message);
            }
        }
    }

    [LoggerMessage(2001, LogLevel.Warning, "The demo agent {AgentId} could not be spawned: {Reason}")]
    private static partial void LogRefused(ILogger logger, AgentId agentId, string reason);
}
