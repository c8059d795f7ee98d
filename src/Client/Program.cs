using OrleansHealing.Client;
using OrleansHealing.Client.Connection;
using OrleansHealing.Client.Output;
using OrleansHealing.Client.Verbs;

// The console is verbs (Verbs/, one file each) over one grain, IFleetGrain. They reach it through a session that survives the
// death of silos (Connection/), and speak through columns, JSON or names (Output/).
var time = TimeProvider.System;
var output = ConsoleOutput.OfProcess();
var cluster = new OrleansConnector(time);
var processes = new MachineProcesses();

return await new HealingConsole(cluster, output, processes, time).RunAsync(args);
