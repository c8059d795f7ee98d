using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace OrleansHealing.Benchmarks;

/// <summary>
/// One agent processes one text while it is crashed 50 times and the silo that hosts it is killed with kill -9 three times
/// (a new one takes its place each time). In the end its totals must be those of the text, counted while it was written.
/// </summary>
internal static class EnduranceBenchmark
{
    private const int Crashes = 50;
    private const int Kills = 3;

    public static async Task<IReadOnlyList<Figure>> RunAsync(string store, int megabytes, CancellationToken cancellation)
    {
        await using var fleet = await Fleet.StartAsync(store, 3);
        var path = Path.Combine(fleet.Root, "text.txt");
        var (lines, words, bytes, sha256) = Write(path, megabytes * 1_000_000L);
        var policy = new { maxRestarts = 1_000, backoff = new { baseSeconds = 0 } };
        await fleet.PostAsync("/agents", new { id = "reader", kind = "data-processing", settings = new { path, linesPerSecond = lines / 60, checkpointEvery = 10_000 }, policy });

        var clock = Stopwatch.StartNew();
        var random = new Random(1);
        var killAt = new HashSet<int> { 12, 25, 38 };
        for (var i = 0; i < Crashes; i++)
        {
            await BeatingAsync(fleet);
            await Task.Delay(random.Next(50, 700), cancellation);
            if (killAt.Contains(i))
            {
                fleet.Kill((await BeatingAsync(fleet)).GetProperty("silo").GetString()!);
                await fleet.AddSiloAsync();
                await BeatingAsync(fleet);
            }

            await fleet.PostAsync("/agents/reader/crash", new { mode = "exception" });
        }

        JsonElement reader = default;
        await Fleet.UntilAsync("the text to be read", async () =>
            (reader = await fleet.GetAsync("/agents/reader")).GetProperty("status").GetString() == "completed");
        var totals = reader.GetProperty("progress");
        var isExact = totals.GetProperty("lines").GetInt64() == lines && totals.GetProperty("words").GetInt64() == words
            && totals.GetProperty("bytes").GetInt64() == bytes && totals.GetProperty("sha256").GetString() == sha256;
        var failures = (await fleet.GetAsync("/overview")).GetProperty("failures").GetInt64();
        return
        [
            new(store, $"{megabytes} MB, {Crashes} crashes, {Kills} silo kills: totals exact (1 = yes)", isExact ? 1 : 0, "", "1"),
            new(store, "failures that the supervisor counted", failures, "", $"{Crashes + Kills}"),
            new(store, "incarnations", reader.GetProperty("incarnation").GetInt64(), "", $"{Crashes + Kills + 1}"),
            new(store, "took", clock.Elapsed.TotalSeconds, "s"),
        ];
    }

    private static async Task<JsonElement> BeatingAsync(Fleet fleet)
    {
        JsonElement reader = default;
        await Fleet.UntilAsync("the reader to be healthy", async () =>
            (reader = await fleet.GetAsync("/agents/reader")).GetProperty("status").GetString() is "healthy" or "completed");
        return reader;
    }

    private static (long Lines, long Words, long Bytes, string Sha256) Write(string path, long size)
    {
        string[] vocabulary = ["grain", "silo", "beat", "fence", "promise", "incarnation", "checkpoint", "backoff"];
        var random = new Random(7);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var stream = File.Create(path);
        long lines = 0, words = 0, bytes = 0;
        while (bytes < size)
        {
            var count = random.Next(1, 13);
            var line = Encoding.ASCII.GetBytes(string.Join(' ', Enumerable.Range(0, count).Select(_ => vocabulary[random.Next(vocabulary.Length)])) + "\n");
            stream.Write(line);
            hash.AppendData(line);
            (lines, words, bytes) = (lines + 1, words + count, bytes + line.Length);
        }

        return (lines, words, bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
