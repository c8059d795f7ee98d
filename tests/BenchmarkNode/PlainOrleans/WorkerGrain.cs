namespace OrleansHealing.BenchmarkNode.PlainOrleans;

/// <summary>A worker of plain Orleans.</summary>
internal interface IWorkerGrain : IGrainWithStringKey
{
    Task StartAsync();

    Task CrashAsync();
}

/// <summary>Beats each second by a timer; a reminder wakes it where it is no longer.</summary>
internal sealed class WorkerGrain(PeerStore store, PeerArguments given) : Grain, IWorkerGrain, IRemindable
{
    /// <summary>The least period that Orleans takes without a warning.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly string _body = store.NewBody();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var worker = this.GetPrimaryKeyString();
        if (!given.IsBare)
        {
            store.Begin(worker, _body);
        }

        this.RegisterGrainTimer(
            () =>
            {
                if (!given.IsBare)
                {
                    store.Beat(worker, _body);
                }

                return Task.CompletedTask;
            },
            new GrainTimerCreationOptions { DueTime = PeerStore.Heartbeat, Period = PeerStore.Heartbeat, KeepAlive = true });
        return Task.CompletedTask;
    }

    public Task StartAsync() => given.IsBare ? Task.CompletedTask : this.RegisterOrUpdateReminder("work", Period, Period);

    /// <summary>The nearest to a crash: what a grain throws goes to its caller and leaves it at work, so it is taken down.</summary>
    public Task CrashAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    /// <summary>That it is awake is all that was wanted.</summary>
    public Task ReceiveReminder(string reminderName, TickStatus status) => Task.CompletedTask;
}
