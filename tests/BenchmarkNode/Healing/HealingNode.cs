using OrleansHealing.Hosting;
using OrleansHealing.Silo;
using OrleansHealing.Silo.Hosting;

namespace OrleansHealing.BenchmarkNode.Healing;

/// <summary>The real silo with the kinds of the benchmarks.</summary>
internal static class HealingNode
{
    public static Task<int> RunAsync(string[] arguments) => new SiloCommandLine(
        command => SiloHost.RunAsync(command, Console.Out, Console.Error, AddKinds),
        _ => throw new NotSupportedException("A benchmark starts its silos itself."),
        (_, _) => throw new NotSupportedException("The store is a process of its own."))
        .RunAsync(arguments, Console.Out, Console.Error);

    private static void AddKinds(HealingBuilder healing)
    {
        IdleWorker.Listen();
        healing.AddAgent<IdleWorker>("idle");
    }
}
