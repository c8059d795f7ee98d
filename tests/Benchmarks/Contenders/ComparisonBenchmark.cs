using System.Diagnostics;

namespace OrleansHealing.Benchmarks.Contenders;

/// <summary>
/// The same three faults for OrleansHealing and for what a user would take instead, in one run, with the same observer: it reads the store
/// in a loop and takes the time until a new body of the worker has beaten. A fault begins before the order for it is given.
/// </summary>
internal static class ComparisonBenchmark
{
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    /// <summary>How long a thawed node may beat with what it has; it learns meanwhile that it is out.</summary>
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(10);

    private static readonly (string Name, Func<Task<IContender>> StartAsync)[] All =
    [
        ("healing", () => HealingContender.StartAsync(isLimited: true)),
        ("akka", () => PeerContender.StartAsync("Akka.NET", "akka", isTuned: false)),
        ("akka-tuned", () => PeerContender.StartAsync("Akka.NET, tuned", "akka", isTuned: true)),
        ("orleans", () => PeerContender.StartAsync("plain Orleans", "orleans", isTuned: false)),
        ("healing-unlimited", () => HealingContender.StartAsync(isLimited: false)),
    ];

    public static string[] Names => [.. All.Select(c => c.Name)];

    /// <summary>Who is compared where nobody is named.</summary>
    public static string[] Usual => Names[..^1];

    /// <param name="name">Whom.</param>
    /// <param name="workers">How many workers.</param>
    /// <param name="crashes">How many of them crash, one after the other, before a node does.</param>
    /// <param name="rounds">How often it is measured, each time with new nodes; the figures are medians.</param>
    /// <param name="hasFreeze">Whether a node is frozen too.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<IReadOnlyList<Figure>> RunAsync(string name, int workers, int crashes, int rounds, bool hasFreeze, CancellationToken cancellation)
    {
        var all = new List<List<Figure>>();
        while (all.Count < rounds)
        {
            all.Add(await MeasureAsync(name, workers, crashes, hasFreeze, cancellation));
        }

        var of = rounds > 1 ? $", median of {rounds}" : "";
        return [.. all[0].Select((f, i) => f with { Name = f.Name + of, Value = Report.Percentile(all.Select(r => r[i].Value), 0.5) })];
    }

    private static async Task<List<Figure>> MeasureAsync(string name, int workers, int crashes, bool hasFreeze, CancellationToken cancellation)
    {
        var start = All.Single(c => c.Name == name).StartAsync;
        var figures = new List<Figure>();
        await using (var contender = await start())
        {
            await contender.SpawnAsync(workers, cancellation);
            var warmUp = crashes / 5;
            await CrashAsync(contender, 0, warmUp, cancellation);
            var crashed = await CrashAsync(contender, warmUp, crashes, cancellation);
            figures.Add(new(contender.Name, $"crash to next body's beat, n={crashes}: p50", Report.Percentile(crashed, 0.5), "ms"));
            figures.Add(new(contender.Name, $"crash to next body's beat, n={crashes}: p99", Report.Percentile(crashed, 0.99), "ms"));
            figures.Add(new(contender.Name, "workers that crashed and were not back within four minutes", crashes - crashed.Count, ""));

            var (node, lost) = await ChooseAsync(contender, isLeader: true);
            var clock = Stopwatch.StartNew();
            contender.Kill(node);
            var back = await BackAsync(contender, lost, clock, cancellation);
            var scope = $"kill -9 of 1 of 3 nodes, {lost.Count} of {workers} workers";
            figures.Add(new(contender.Name, $"{scope}: half beat again", Report.Percentile(back, 0.5), "s"));
            figures.Add(new(contender.Name, $"{scope}: 99 %", Report.Percentile(back, 0.99), "s"));
            figures.Add(new(contender.Name, $"{scope}: all", back.Count == lost.Count ? back.Max() : double.PositiveInfinity, "s"));
        }

        if (hasFreeze)
        {
            await using var contender = await start();
            await contender.SpawnAsync(workers, cancellation);
            var (node, lost) = await ChooseAsync(contender, isLeader: false);
            var clock = Stopwatch.StartNew();
            contender.Freeze(node);
            var back = await BackAsync(contender, lost, clock, cancellation);
            var moment = DateTimeOffset.UtcNow;
            contender.Thaw(node);
            await Task.Delay(Watched, cancellation);
            var scope = $"SIGSTOP of 1 of 3 nodes, {lost.Count} of {workers} workers";
            figures.Add(new(contender.Name, $"{scope}: all beat elsewhere", back.Count == lost.Count ? back.Max() : double.PositiveInfinity, "s"));
            figures.Add(new(contender.Name, "after SIGCONT: old bodies whose beats were accepted", await contender.ZombiesAsync(moment), ""));
        }

        foreach (var figure in figures)
        {
            await Console.Error.WriteLineAsync($"{figure.Store}: {figure.Name}: {figure.Value:0.##} {figure.Unit}");
        }

        return figures;
    }

    /// <summary>Crashes workers, each once: the next when the one before beats again, or <see cref="Apart"/> later.</summary>
    /// <returns>How long each took, ms.</returns>
    private static async Task<List<double>> CrashAsync(IContender contender, int skip, int crashes, CancellationToken cancellation)
    {
        var before = await contender.BodiesAsync();
        var queue = new Queue<string>(before.Keys.Order(StringComparer.Ordinal).Skip(skip).Take(crashes));
        var waiting = new Dictionary<string, TimeSpan>();
        var took = new List<double>();
        var orders = new List<Task>();
        var clock = Stopwatch.StartNew();
        var last = -Apart;
        while ((queue.Count > 0 || waiting.Count > 0) && clock.Elapsed < Patience)
        {
            cancellation.ThrowIfCancellationRequested();
            if (queue.Count > 0 && (waiting.Count == 0 || clock.Elapsed - last >= Apart))
            {
                var worker = queue.Dequeue();
                waiting[worker] = last = clock.Elapsed;
                orders.Add(contender.CrashAsync(worker));
            }

            var workers = waiting.Keys.ToArray();
            var bodies = await contender.BodiesAsync(workers);
            for (var i = 0; i < workers.Length; i++)
            {
                if (bodies[i] != before[workers[i]])
                {
                    took.Add((clock.Elapsed - waiting[workers[i]]).TotalMilliseconds);
                    waiting.Remove(workers[i]);
                }
            }
        }

        await Task.WhenAll(orders);
        return took;
    }

    /// <returns>The cluster's leader if that is wanted and there is one, or else the one of the others with the most workers; and its workers.</returns>
    private static async Task<(string Node, Dictionary<string, Body> Workers)> ChooseAsync(IContender contender, bool isLeader)
    {
        var leader = await contender.LeaderAsync();
        var nodes = (await contender.BodiesAsync()).GroupBy(b => b.Value.Node).ToDictionary(g => g.Key, g => g.ToDictionary());
        var node = isLeader && leader is not null ? leader : nodes.Where(n => n.Key != leader).MaxBy(n => n.Value.Count).Key;
        return (node, nodes[node]);
    }

    /// <returns>After how long each of the lost workers beat again, s; those that did.</returns>
    private static async Task<List<double>> BackAsync(IContender contender, Dictionary<string, Body> lost, Stopwatch clock, CancellationToken cancellation)
    {
        var back = new List<double>();
        var waiting = lost.Keys.ToList();
        while (waiting.Count > 0 && clock.Elapsed < Patience)
        {
            var asked = clock.Elapsed;
            var bodies = await contender.BodiesAsync(waiting);
            var still = new List<string>();
            for (var i = 0; i < waiting.Count; i++)
            {
                if (bodies[i] == lost[waiting[i]])
                {
                    still.Add(waiting[i]);
                }
                else
                {
                    back.Add(clock.Elapsed.TotalSeconds);
                }
            }

            waiting = still;

            // Whoever asks for a hundred thousand takes the store's time from those who are to be back.
            await Task.Delay(Pause + (4 * (clock.Elapsed - asked)), cancellation);
        }

        return back;
    }
}
