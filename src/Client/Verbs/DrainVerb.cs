using System.CommandLine;
using OrleansHealing.Client.Connection;
using OrleansHealing.Client.Output;
using OrleansHealing.Fleet;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Verbs;

/// <summary><c>drain</c>: has a silo's agents moved away before it is stopped, or takes that back.</summary>
internal sealed class DrainVerb : Verb
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);
    private readonly Argument<string> _name = new("SILO") { Description = "The silo, e.g. silo-2; or its address or process id, where several have the name." };
    private readonly Option<string?> _reason = VerbOptions.Reason();
    private readonly Option<bool> _undo = new("--undo") { Description = "Take it back: the silo gets agents again." };
    private readonly Option<bool> _wait = new("--wait") { Description = "Return when its last agent has left." };
    private readonly Option<double?> _timeout = VerbOptions.Seconds("--timeout", "How long to wait (600).");

    public DrainVerb()
        : base("drain", "Move the agents of a silo away, one after the other, and give it no other.")
    {
        Add(_name);
        Add(_reason);
        Add(_undo);
        Add(_wait);
        Add(_timeout);
        Validators.Add(result =>
        {
            if (result.GetValue(_undo) && result.GetValue(_wait))
            {
                result.AddError("--undo has nothing to --wait for");
            }
        });
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var arguments = context.Arguments;
        var undo = arguments.GetValue(_undo);
        var command = new DrainCommand(VerbContext.Actor, arguments.GetValue(_reason), undo);
        await using var session = await context.ConnectAsync(cancellationToken);
        var silos = await session.ReadAsync(fleet => fleet.SilosAsync(), cancellationToken);
        var silo = SiloChoice.Of(silos, arguments.GetRequiredValue(_name), undo ? "drain --undo" : "drain", "none is drained");
        var result = await session.RepeatableOrderAsync(fleet => fleet.DrainAsync(silo.Address, command), cancellationToken);
        if (result.Outcome is CommandOutcome.Ok && arguments.GetValue(_wait))
        {
            result = await WaitAsync(context, session, silo, TimeSpan.FromSeconds(arguments.GetValue(_timeout) ?? 600), cancellationToken);
        }

        return Orders.Report(context, silo.Name, result);
    }

    private static async Task<CommandResult> WaitAsync(
        VerbContext context, FleetSession session, SiloView silo, TimeSpan limit, CancellationToken cancellationToken)
    {
        var start = context.Time.GetTimestamp();
        long? told = null;
        while (true)
        {
            var left = limit - context.Time.GetElapsedTime(start);
            var silos = await session.ReadAsync(fleet => fleet.SilosAsync(), cancellationToken, left);
            var now = silos.FirstOrDefault(s => s.Address == silo.Address);
            switch (now?.Status)
            {
                case SiloState.Drained:
                    return CommandResult.Done("drained; it can be stopped.");
                case null or SiloState.Dead:
                    return CommandResult.Done("is gone; its agents go on elsewhere.");
                case SiloState.Active:
                    return CommandResult.Conflict("the drain was taken back.");
            }

            if (left <= TimeSpan.Zero)
            {
                throw new VerbFailure(ExitCodes.TimedOut, $"{silo.Name} was not drained within {Humanize.Seconds(limit)}: {Humanize.Count(now.Agents, "agent")} left.");
            }

            if (context.Format is OutputFormat.Table && told != now.Agents)
            {
                told = now.Agents;
                context.Output.Tell($"{silo.Name}: {Humanize.Count(now.Agents, "agent")} left");
            }

            await Task.Delay(Look, context.Time, cancellationToken);
        }
    }
}
