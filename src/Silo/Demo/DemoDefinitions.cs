using System.Text.Json;
using OrleansHealing.Agents;
using OrleansHealing.Agents.BuiltIn;
using OrleansHealing.Supervision;

namespace OrleansHealing.Silo.Demo;

/// <summary>
/// The demo's agents: readers that count the texts beside the program, and three with a flaw: one that crashes now and then, one
/// that hangs, one that never recovers.
/// </summary>
internal static class DemoDefinitions
{
    /// <summary>The label that every agent of the demo has, and no other should.</summary>
    public const string Label = "demo";

    /// <summary>How long a reader takes for its text, however long that is: long enough to be crashed on the way.</summary>
    public static readonly TimeSpan ReadingTime = TimeSpan.FromMinutes(4);

    // What a crash costs a reader at most, so that going on from a checkpoint can be seen.
    private static readonly TimeSpan BetweenCheckpoints = TimeSpan.FromSeconds(5);

    /// <summary>The texts that come with the program.</summary>
    public static string Texts => Path.Combine(AppContext.BaseDirectory, "demo");

    /// <summary>The fleet that reads the texts in <paramref name="directory"/>.</summary>
    public static IReadOnlyList<AgentDefinition> Of(string directory)
    {
        var texts = Directory.GetFiles(directory).Order(StringComparer.Ordinal).ToList();
        return
        [
            .. texts.Select(text => Reader($"reader-{Path.GetFileNameWithoutExtension(text).ToLowerInvariant()}", text)),
            Reader("crasher", texts[0], crashAfterHeartbeats: 12) with { Policy = new PolicySettings { StableSeconds = 5 } },
            Reader("doomed", texts[0], crashAfterHeartbeats: 1) with
            {
                Policy = new PolicySettings { Backoff = new BackoffSettings { BaseSeconds = 0.5, MaxSeconds = 8 } },
            },
            new AgentDefinition { Id = AgentId.Parse("hanger"), Kind = HangingAgent.KindName, Labels = Labels("flaw") },
        ];
    }

    private static AgentDefinition Reader(string id, string path, int? crashAfterHeartbeats = null)
    {
        var linesPerSecond = Math.Max(1, File.ReadLines(path).Count()) / ReadingTime.TotalSeconds;
        var settings = new Dictionary<string, object>
        {
            ["path"] = path,
            ["linesPerSecond"] = Math.Round(linesPerSecond, 4),
            ["checkpointEvery"] = Math.Max(1, (int)(linesPerSecond * BetweenCheckpoints.TotalSeconds)),
        };
        if (crashAfterHeartbeats is { } heartbeats)
        {
            settings["crashAfterHeartbeats"] = heartbeats;
        }

        return new AgentDefinition
        {
            Id = AgentId.Parse(id),
            Kind = DataProcessingAgent.Kind,
            Settings = AgentSettings.Parse(JsonSerializer.Serialize(settings)),
            Labels = Labels(crashAfterHeartbeats is null ? "reader" : "flaw"),
        };
    }

    private static Dictionary<string, string> Labels(string role) => new() { [Label] = role };
}
