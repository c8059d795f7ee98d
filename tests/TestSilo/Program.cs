using OrleansHealing.Silo;
using OrleansHealing.Silo.Hosting;
using OrleansHealing.TestSilo.Agents;

// The real silo, with kinds of agents that do what no agent should.
return await new SiloCommandLine(
    command => SiloHost.RunAsync(command, Console.Out, Console.Error, FaultyKinds.Add),
    _ => throw new NotSupportedException("A test starts its silos itself."),
    (_, _) => throw new NotSupportedException("The store is a process of the real silo."))
    .RunAsync(args, Console.Out, Console.Error);
