using System.CommandLine;
using OrleansHealing.Benchmarks;
using OrleansHealing.Benchmarks.Contenders;

// Each benchmark starts silos as processes of their own, looks at the store from outside, and ends all that it started.
var store = new Option<string>("--store") { DefaultValueFactory = _ => "both", Description = "embedded, redis or both." };
store.AcceptOnlyFromAmong("embedded", "redis", "both");
var silos = new Option<int>("--silos") { DefaultValueFactory = _ => 1, Description = "How many silos." };
var crashes = new Option<int>("--crashes") { DefaultValueFactory = _ => 100, Description = "How many crashes are measured." };
var agents = new Option<int>("--agents") { DefaultValueFactory = _ => 300, Description = "How many agents." };
var megabytes = new Option<int>("--megabytes") { DefaultValueFactory = _ => 100, Description = "How large the text is." };
var json = new Option<string?>("--json") { Description = "A file to write the results to as well." };

var recovery = new Command("recovery", "From the crash of an agent to the first accepted beat of its next incarnation.") { store, silos, crashes, json };
recovery.SetAction((result, cancellation) => Report.RunAsync(
    Stores(result.GetValue(store)!), result.GetValue(json),
    kind => RecoveryBenchmark.RunAsync(kind, result.GetValue(silos), result.GetValue(crashes), cancellation)));

var kills = new Option<int>("--kills") { DefaultValueFactory = _ => 6, Description = "How often the silo with the supervisor is killed." };
var loss = new Command("silo-loss", "From the kill -9 of one of three silos until all of its agents beat again, and until the next supervisor has done a round.")
{
    store, agents, kills, json,
};
loss.SetAction((result, cancellation) => Report.RunAsync(
    Stores(result.GetValue(store)!), result.GetValue(json),
    kind => SiloLossBenchmark.RunAsync(kind, result.GetValue(agents), result.GetValue(kills), cancellation)));

var endurance = new Command("endurance", "One text processed under 50 forced crashes and 3 silo kills: are the totals exact?") { store, megabytes, json };
endurance.SetAction((result, cancellation) => Report.RunAsync(
    Stores(result.GetValue(store)!), result.GetValue(json),
    kind => EnduranceBenchmark.RunAsync(kind, result.GetValue(megabytes), cancellation)));

var backoff = new Command("backoff", "A crash loop under the default policy at full length, with the supervisor's silo killed in a wait.") { store, json };
backoff.SetAction((result, cancellation) => Report.RunAsync(
    Stores(result.GetValue(store)!), result.GetValue(json), kind => BackoffBenchmark.RunAsync(kind, cancellation)));

var many = new Option<int>("--agents") { DefaultValueFactory = _ => 1000, Description = "How many agents." };
var minutes = new Option<double>("--minutes") { DefaultValueFactory = _ => 5, Description = "How long nothing fails, minutes." };
var failures = new Option<int>("--failures") { DefaultValueFactory = _ => 90, Description = "How many agents fail after that." };
var lost = new Option<double>("--lost-flushes") { DefaultValueFactory = _ => 0.01, Description = "The share of flushes of heartbeats that are lost." };
var idle = new Option<bool>("--idle") { Description = "Without the busy loops on all cores." };

var detection = new Command("detection", "The failure detector's mistakes and its speed, on busy cores with stalls, lost flushes and an outage of the store.")
{
    store, many, minutes, failures, lost, idle, json,
};
detection.SetAction((result, cancellation) => Report.RunAsync(
    Stores(result.GetValue(store)!), result.GetValue(json),
    kind => DetectionBenchmark.RunAsync(
        kind, result.GetValue(many), result.GetValue(minutes), result.GetValue(failures), result.GetValue(lost), !result.GetValue(idle), cancellation)));

var rounds = new Option<int>("--rounds") { DefaultValueFactory = _ => 6, Description = "How often a silo is frozen, every other time the one with the supervisor." };
var freeze = new Command("freeze", "From the SIGSTOP of one of three silos until all of its agents beat elsewhere.") { store, agents, rounds, idle, json };
freeze.SetAction((result, cancellation) => Report.RunAsync(
    Stores(result.GetValue(store)!), result.GetValue(json),
    kind => FreezeBenchmark.RunAsync(kind, result.GetValue(agents), result.GetValue(rounds), !result.GetValue(idle), cancellation)));

var load = new Command("load", "Silos declared dead, and agents restarted, on a machine that is only busy.") { store, agents, minutes, json };
load.SetAction((result, cancellation) => Report.RunAsync(
    Stores(result.GetValue(store)!), result.GetValue(json),
    kind => LoadBenchmark.RunAsync(kind, result.GetValue(agents), result.GetValue(minutes), cancellation)));

var crowd = new Option<int>("--agents") { DefaultValueFactory = _ => 10_000, Description = "How many agents." };
var dashboard = new Command("dashboard", "The page over a large, busy fleet: first paint, frames, memory, and what viewers cost. Needs chromium or chromium-headless-shell in /usr/bin.") { store, crowd, minutes, json };
dashboard.SetAction((result, cancellation) => Report.RunAsync(
    Stores(result.GetValue(store)!), result.GetValue(json),
    kind => DashboardBenchmark.RunAsync(kind, result.GetValue(crowd), result.GetValue(minutes), cancellation)));

var contenders = new Option<string[]>("--contenders")
{
    DefaultValueFactory = _ => ComparisonBenchmark.Usual,
    AllowMultipleArgumentsPerToken = true,
    Description = $"Some of {string.Join(", ", ComparisonBenchmark.Names)}; all but the last by default, which has no limit of restarts a second.",
};
contenders.AcceptOnlyFromAmong(ComparisonBenchmark.Names);
var times = new Option<int>("--rounds") { DefaultValueFactory = _ => 1, Description = "How often it is measured, each time with new nodes; the table shows medians." };
var killAlone = new Option<bool>("--kill-alone") { Description = "Without the node that is frozen." };
var comparison = new Command("comparison", "A crash, a lost node and a frozen node: OrleansHealing, Akka.NET Cluster Sharding and plain Orleans side by side, on redis-server.")
{
    contenders, many, crashes, times, killAlone, json,
};
comparison.SetAction((result, cancellation) => Report.RunAsync(
    result.GetValue(contenders)!, result.GetValue(json),
    name => ComparisonBenchmark.RunAsync(
        name, result.GetValue(many), result.GetValue(crashes), result.GetValue(times), !result.GetValue(killAlone), cancellation)));

var bucket = new Option<bool>("--bucket") { Description = "With the fleet's default limit of restarts a second." };
var partitions = new Option<int[]>("--partitions") { DefaultValueFactory = _ => [1], AllowMultipleArgumentsPerToken = true, Description = "How many partitions, one run for each number." };
var massCrash = new Command("mass-crash", "All agents of a fleet crash at once.") { store, silos, crowd, partitions, bucket, json };
massCrash.SetAction((result, cancellation) => Report.RunAsync(
    Stores(result.GetValue(store)!), result.GetValue(json),
    kind => MassCrashBenchmark.RunAsync(kind, result.GetValue(silos), result.GetValue(crowd), result.GetValue(partitions)!, result.GetValue(bucket), cancellation)));

var writers = new Option<int>("--agents") { DefaultValueFactory = _ => 100_000, Description = "How many agents." };
var repeats = new Option<int>("--rounds") { DefaultValueFactory = _ => 5, Description = "How often it is measured; the table shows medians." };
var seconds = new Option<double>("--seconds") { DefaultValueFactory = _ => 5, Description = "How long each measurement takes, seconds." };
var throughput = new Command("throughput", "Heartbeats and checkpoints a second through one store, against redis-benchmark. Needs redis-benchmark.") { store, writers, repeats, seconds, json };
throughput.SetAction((result, cancellation) => Report.RunAsync(
    Stores(result.GetValue(store)!), result.GetValue(json),
    kind => ThroughputBenchmark.RunAsync(
        kind, result.GetValue(writers), result.GetValue(repeats), TimeSpan.FromSeconds(result.GetValue(seconds)), cancellation)));

var sizes = new Option<int[]>("--sizes") { DefaultValueFactory = _ => [1000, 100_000, 1_000_000], AllowMultipleArgumentsPerToken = true, Description = "How many agents." };
var lateness = new Command("lateness", "How late silence is found in fleets of several sizes, and what an idle supervisor costs.") { store, sizes, crashes, json };
lateness.SetAction((result, cancellation) => Report.RunAsync(
    Stores(result.GetValue(store)!), result.GetValue(json),
    kind => LatenessBenchmark.RunAsync(kind, result.GetValue(sizes)!, result.GetValue(crashes), cancellation)));

var beat = new Option<double>("--heartbeat") { DefaultValueFactory = _ => 1, Description = "How often an agent beats, seconds." };
var orleansDashboard = new Option<bool>("--orleans-dashboard") { Description = "The silo with the Orleans Dashboard, which the bare one does not have." };
var capacity = new Command("capacity", "What one silo takes for each of many agents that only beat, against bare Orleans grains with a timer.")
{
    store, writers, beat, seconds, orleansDashboard, json,
};
capacity.SetAction((result, cancellation) => Report.RunAsync(
    Stores(result.GetValue(store)!), result.GetValue(json),
    kind => CapacityBenchmark.RunAsync(
        kind, result.GetValue(writers), TimeSpan.FromSeconds(result.GetValue(beat)), TimeSpan.FromSeconds(result.GetValue(seconds)),
        result.GetValue(orleansDashboard), cancellation)));

var coldStart = new Command("cold-start", "From the start of a silo's process to its first healthy agent, against a bare Orleans silo.") { store, repeats, json };
coldStart.SetAction((result, cancellation) => Report.RunAsync(
    Stores(result.GetValue(store)!), result.GetValue(json), kind => ColdStartBenchmark.RunAsync(kind, result.GetValue(repeats), cancellation)));

var root = new RootCommand("Benchmarks of OrleansHealing.") { recovery, loss, endurance, backoff, detection, freeze, load, dashboard, comparison, massCrash, throughput, lateness, capacity, coldStart };
var directory = new Option<string?>("--json-directory") { Description = "A directory to write the results of each to as well." };
var all = new Command("all", "All of them one after the other, as each is by default; some hours.") { directory };
all.SetAction(async (result, cancellation) =>
{
    var failed = 0;
    foreach (var benchmark in root.Subcommands.Where(c => c != all).Select(c => c.Name).ToArray())
    {
        Console.WriteLine($"== {benchmark}");
        string[] file = result.GetValue(directory) is { } path ? ["--json", Path.Combine(Directory.CreateDirectory(path).FullName, $"{benchmark}.json")] : [];
        failed += await root.Parse([benchmark, .. file]).InvokeAsync(cancellationToken: cancellation) == 0 ? 0 : 1;
    }

    return failed;
});
root.Subcommands.Add(all);
return await root.Parse(args).InvokeAsync();

static string[] Stores(string store) => store == "both" ? ["embedded", "redis"] : [store];
