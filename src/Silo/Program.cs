using OrleansHealing.Hosting;
using OrleansHealing.Silo;
using OrleansHealing.Silo.EmbeddedStore;
using OrleansHealing.Silo.Hosting;
using OrleansHealing.Silo.Launching;

PoolWatch.MakeRoom();

// One program, three things it can be: a silo, the launcher of several, or the store that they share by default.
return await new SiloCommandLine(RunSiloAsync, LaunchAsync, RunStoreAsync).RunAsync(args, Console.Out, Console.Error);

static Task<int> RunSiloAsync(SiloCommand command) => SiloHost.RunAsync(command, Console.Out, Console.Error);

static Task<int> LaunchAsync(SiloCommand command) =>
    LauncherProcess.RunAsync(LaunchPlan.For(command, SiloExecutable.Command), Console.Out, Console.Error, TimeProvider.System);

static Task<int> RunStoreAsync(string directory, TimeSpan linger) =>
    new EmbeddedStoreServer(directory, linger, TimeProvider.System).RunAsync();
