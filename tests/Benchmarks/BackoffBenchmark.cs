using System.Diagnostics;
using System.Text.Json;

namespace OrleansHealing.Benchmarks;

/// <summary>
/// A crash loop under the default policy, at full length: each wait that was decided, how long the agent really rested, the
/// quarantine, and the release. In the longest wait but one the silo that hosts the supervisor is killed. Takes four minutes.
/// </summary>
internal static class BackoffBenchmark
{
    private static readonly double[] Expected = [0, 4, 8, 16, 32, 60, 60];

    public static async Task<IReadOnlyList<Figure>> RunAsync(string store, CancellationToken cancellation)
    {
        await using var fleet = await Fleet.StartAsync(store, 2);
        var path = Path.Combine(fleet.Root, "text.txt");
        await File.WriteAllLinesAsync(path, Enumerable.Repeat("one two three four", 10_000), cancellation);
        await fleet.PostAsync("/agents", new { id = "doomed", kind = "data-processing", settings = new { path, linesPerSecond = 1, crashAfterHeartbeats = 1 } });
        await SeeAsync(fleet, "in its wait of 32 s", a => a.GetProperty("consecutiveFailures").GetInt32() == 5);
        fleet.Kill((await fleet.GetAsync("/overview")).GetProperty("supervisors")[0].GetProperty("silo").GetString()!);

        await SeeAsync(fleet, "quarantined", a => a.GetProperty("status").GetString() == "quarantined");
        var actions = (await fleet.GetAsync("/actions?agent=doomed&limit=1000")).GetProperty("items").EnumerateArray().Reverse().ToList();
        var figures = new List<Figure>();
        var failed = default(DateTimeOffset);
        foreach (var action in actions)
        {
            switch (action.GetProperty("action").GetString())
            {
                case "failed":
                    failed = action.GetProperty("at").GetDateTimeOffset();
                    break;
                case "restarting" when figures.Count < Expected.Length:
                    var expected = Expected[figures.Count];
                    var rested = (action.GetProperty("at").GetDateTimeOffset() - failed).TotalSeconds;
                    figures.Add(new(store, $"rest after failure {figures.Count + 1}", rested, "s", $"{expected} ±10 %"));
                    break;
            }
        }

        var clock = Stopwatch.StartNew();
        await fleet.PostAsync("/agents/doomed/release", new { });
        await SeeAsync(fleet, "started again", a => a.GetProperty("incarnation").GetInt64() > Expected.Length + 1 && a.GetProperty("status").GetString() != "quarantined");
        figures.Add(new(store, "failures in a row at the quarantine", actions.Max(a => a.GetProperty("consecutiveFailures").GetInt32()), "", "8"));
        figures.Add(new(store, "from its release to its next incarnation", clock.Elapsed.TotalSeconds, "s"));
        return figures;
    }

    private static Task SeeAsync(Fleet fleet, string awaited, Func<JsonElement, bool> isIt) =>
        Fleet.UntilAsync(awaited, async () => isIt(await fleet.GetAsync("/agents/doomed")));
}
