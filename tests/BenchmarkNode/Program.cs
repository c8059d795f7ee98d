using OrleansHealing.BenchmarkNode.Akka;
using OrleansHealing.BenchmarkNode.Healing;
using OrleansHealing.BenchmarkNode.PlainOrleans;

// One node of a fleet that a benchmark looks at: of OrleansHealing, or of what a user would take instead. All have the same worker,
// which does nothing but write a heartbeat each second.
return args is [var kind, .. var rest] ? kind switch
{
    "healing" => await HealingNode.RunAsync(rest),
    "akka" => await AkkaNode.RunAsync(rest),
    "orleans" => await OrleansNode.RunAsync(rest),
    _ => Usage(),
}
: Usage();

static int Usage()
{
    Console.Error.WriteLine("healing, akka or orleans, and its options. The benchmarks start this.");
    return 2;
}
