using OrleansHealing.Silo;
using OrleansHealing.Silo.EmbeddedStore;
using OrleansHealing.Silo.Launching;

return await new SiloCommandLine(RunSiloAsync, LaunchAsync, RunStoreAsync).RunAsync(args, Console.Out, Console.Error);

static Task<int> RunStoreAsync(string directory, TimeSpan linger) =>
    new EmbeddedStoreServer(directory, linger, TimeProvider.System).RunAsync();

static Task<int> LaunchAsync(SiloOptions options) =>
    LauncherProcess.RunAsync(LaunchPlan.For(options, SiloExecutable.Command), Console.Out, Console.Error, TimeProvider.System);

static Task<int> RunSiloAsync(SiloOptions options) => Task.FromResult(0);
