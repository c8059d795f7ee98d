using System.Runtime.InteropServices;
using OrleansHealing.Agents;

namespace OrleansHealing.BenchmarkNode.Healing;

/// <summary>Does nothing; its grain beats for it. All of them on a silo crash at once when its process gets a SIGUSR1.</summary>
internal sealed class IdleWorker : IWorkerAgent
{
    private const int UserSignal = 10;
    private static readonly PosixSignalRegistration Registration = PosixSignalRegistration.Create((PosixSignal)UserSignal, signal =>
    {
        signal.Cancel = true;
        CrashAll();
    });

    private static TaskCompletionSource _crash = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Listens to the signal from now on; without it the signal would end the process.</summary>
    public static void Listen() => GC.KeepAlive(Registration);

    public async Task RunAsync(AgentContext context, CancellationToken cancellationToken)
    {
        await Volatile.Read(ref _crash).Task.WaitAsync(cancellationToken);
        throw new InvalidOperationException("Asked to crash.");
    }

    private static void CrashAll() =>
        Interlocked.Exchange(ref _crash, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
}
