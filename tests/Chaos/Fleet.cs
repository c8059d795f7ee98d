using OrleansHealing.Chaos.Cluster;
using OrleansHealing.Chaos.Effects;
using OrleansHealing.Chaos.Observation;
using OrleansHealing.Silo.Healing;

namespace OrleansHealing.Chaos;

/// <summary>
/// The agents of a run: readers that count one text and start over when they are done, witnesses that leave traces outside the
/// store, and one that fails by itself until it is given up on.
/// </summary>
internal sealed class Fleet
{
    public const string Doomed = "doomed";

    private const int ReadingSeconds = 60;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<string, object> _definitions = [];
    private readonly string _totals;

    public Fleet(int agents, string directory)
    {
        Effects = Directory.CreateDirectory(Path.Combine(directory, "effects")).FullName;
        var text = TextFile.Create(directory, bytes: 400_000, seed: 1);
        _totals = FormattableString.Invariant($"{text.Lines} {text.Words} {text.Bytes} {text.Sha256}");
        var policy = new { progressTimeoutSeconds = Settings.ProgressTimeout.TotalSeconds };
        for (var i = 0; i < agents; i++)
        {
            var id = $"{(i % 2 == 0 ? "reader" : "witness")}-{i:00}";
            _definitions[id] = i % 2 == 0
                ? new
                {
                    id,
                    kind = "data-processing",
                    settings = new { path = text.Path, linesPerSecond = Math.Round((double)text.Lines / (ReadingSeconds + (10 * i)), 2), checkpointEvery = 20 },
                    policy,
                }
                : new { id, kind = WitnessAgent.KindName, settings = new { directory = Effects }, policy };
        }

        _definitions[Doomed] = new
        {
            id = Doomed,
            kind = "data-processing",
            settings = new { path = text.Path, linesPerSecond = 1, crashAfterHeartbeats = 2 },
            policy,
        };
    }

    /// <summary>Where the witnesses leave their traces.</summary>
    public string Effects { get; }

    public IReadOnlyList<string> Ids => [.. _definitions.Keys];

    /// <summary>What a reader has counted when it is done.</summary>
    public string? TotalsOf(string agent) => agent.StartsWith("reader-", StringComparison.Ordinal) ? _totals : null;

    /// <summary>Spawns who is not there, starts over who is done, and lets out whom the supervisor gave up on.</summary>
    public async Task TendAsync(ChaosCluster cluster, Func<Snapshot?> latest, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            var seen = latest();
            foreach (var (id, definition) in _definitions)
            {
                switch (seen?.States.GetValueOrDefault(id)?.Status)
                {
                    case null when seen is not null:
                        await cluster.SendAsync(HttpMethod.Post, "/agents", definition, cancellation);
                        break;
                    case "completed":
                        await cluster.SendAsync(HttpMethod.Delete, $"/agents/{id}", null, cancellation);
                        break;
                    case "quarantined":
                        await cluster.SendAsync(HttpMethod.Post, $"/agents/{id}/release", new { reason = "chaos" }, cancellation);
                        break;
                }
            }

            await Task.Delay(Period, cancellation);
        }
    }
}
