using System.CommandLine;
using OrleansHealing.Chaos.Effects;
using OrleansHealing.Silo;
using OrleansHealing.Silo.Hosting;
using OrleansHealing.Silo.Launching;

namespace OrleansHealing.Chaos;

/// <summary>The run, or one of its silos: the silo of <c>src/Silo</c> with one kind more.</summary>
internal static class Program
{
    /// <summary>The hidden verb that makes this program a silo.</summary>
    public const string SiloVerb = "silo";

    private const int Interrupted = 130;

    public static Task<int> Main(string[] args) => args is [SiloVerb, .. var rest] ? RunSiloAsync(rest) : RunAsync(args);

    private static Task<int> RunSiloAsync(string[] args) => new SiloCommandLine(
        command => SiloHost.RunAsync(command, Console.Out, Console.Error, healing => healing.AddAgent<WitnessAgent>(WitnessAgent.KindName, WitnessAgent.Configure)),
        _ => throw new InvalidOperationException("A silo of the chaos suite is one silo."),
        (_, _) => throw new InvalidOperationException($"The embedded store is {SiloExecutable.Command.Arguments[0]}.")).RunAsync(args, Console.Out, Console.Error);

    private static Task<int> RunAsync(string[] args)
    {
        var minutes = new Option<double>("--minutes") { DefaultValueFactory = _ => 5, Description = "For how long faults are injected." };
        var seed = new Option<int>("--seed") { DefaultValueFactory = _ => 1, Description = "The same seed gives the same faults in the same order." };
        var store = new Option<string>("--store") { DefaultValueFactory = _ => ChaosOptions.Redis, Description = "redis (needs redis-server) or embedded." };
        store.AcceptOnlyFromAmong(ChaosOptions.Redis, ChaosOptions.Embedded);
        var agents = new Option<int>("--agents") { DefaultValueFactory = _ => 16, Description = "How many agents, half of them readers of a text." };
        var silos = new Option<int>("--silos") { DefaultValueFactory = _ => 3, Description = "How many silos." };
        var root = new RootCommand("Random faults, from a seed, on real silos and a real store; a checker watches the store from outside. Exits with 1 when a promise was broken, with 130 when it was interrupted before.")
        {
            minutes, seed, store, agents, silos,
        };
        root.SetAction(async (result, cancellation) =>
        {
            var options = new ChaosOptions(
                TimeSpan.FromMinutes(result.GetValue(minutes)), result.GetValue(seed), result.GetValue(store)!, result.GetValue(agents), result.GetValue(silos));
            var report = await new ChaosRun(options, Console.WriteLine).RunAsync(cancellation);
            foreach (var line in report.Lines())
            {
                Console.WriteLine(line);
            }

            return !report.IsClean ? 1 : cancellation.IsCancellationRequested ? Interrupted : 0;
        });
        return root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1) });
    }
}
