using System.CommandLine;
using OrleansHealing.Client.Output;
using OrleansHealing.Fleet;

namespace OrleansHealing.Client.Verbs;

/// <summary>
/// <c>kill-silo</c>: kills a silo's process on this machine, to see its agents come back elsewhere. A process is hit only if it
/// is provably the silo: machine, start time and program must agree, since a pid alone may have been given to another by now.
/// </summary>
internal sealed class KillSiloVerb : Verb
{
    /// <summary>Two readings of one start time may be rounded apart by less.</summary>
    private static readonly TimeSpan StartTolerance = TimeSpan.FromSeconds(2);

    private readonly Argument<string> _name = new("NAME") { Description = "The silo, e.g. silo-2; or its address or process id, where several have the name." };
    private readonly Option<bool> _anyProgram = new("--any-program")
    {
        Description = "Also if the program is not called OrleansHealing.Silo (a host of your own).",
    };

    public KillSiloVerb()
        : base("kill-silo", "Kill a silo's process on this machine (SIGKILL) and see its agents move.")
    {
        Add(_name);
        Add(_anyProgram);
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var name = context.Arguments.GetRequiredValue(_name);
        await using var session = await context.ConnectAsync(cancellationToken);
        var silos = await session.ReadAsync(fleet => fleet.SilosAsync(), cancellationToken);
        var silo = SiloChoice.Of(silos, name, "kill-silo", "nothing was killed");
        var process = Identify(context.Processes, silo, name, context.Arguments.GetValue(_anyProgram));
        if (!context.Processes.Kill(silo.Pid, process))
        {
            throw new VerbFailure(ExitCodes.Error, $"{silo.Name}'s process {silo.Pid} could not be killed: it ended just now, or it is another user's.");
        }

        Print(context, silo, silos);
        return ExitCodes.Ok;
    }

    private static ProcessFacts Identify(IProcessTable processes, SiloView silo, string name, bool anyProgram)
    {
        if (!string.Equals(silo.Machine, processes.Machine, StringComparison.OrdinalIgnoreCase))
        {
            throw new VerbFailure(
                ExitCodes.Error,
                $"{silo.Name} lives on {silo.Machine}, this is {processes.Machine}. Run it there: healing kill-silo {name}");
        }

        var process = processes.Find(silo.Pid)
            ?? throw new VerbFailure(ExitCodes.Error, $"{silo.Name}'s process {silo.Pid} is not there any more; the cluster will notice soon.");
        if ((process.StartedAt - silo.ProcessStartedAt).Duration() > StartTolerance)
        {
            throw new VerbFailure(
                ExitCodes.Error,
                $"Process {silo.Pid} started at {process.StartedAt:u}, {silo.Name} at {silo.ProcessStartedAt:u}: it is another process now. Nothing was killed.");
        }

        return anyProgram || process.CommandLine.Contains("OrleansHealing.Silo", StringComparison.OrdinalIgnoreCase)
            ? process
            : throw new VerbFailure(
                ExitCodes.Error,
                $"Process {silo.Pid} does not look like a silo. Nothing was killed.\nIf it is a host of your own: healing kill-silo {name} --any-program");
    }

    private static void Print(VerbContext context, SiloView silo, IReadOnlyList<SiloView> silos)
    {
        switch (context.Format)
        {
            case OutputFormat.Json:
                context.Output.WriteLine(ConsoleJson.List([silo]));
                break;
            case OutputFormat.Name:
                context.Output.WriteLine(silo.Name);
                break;
            default:
                var others = silos.Where(s => s.Address != silo.Address && s.Status is not SiloState.Dead && (s.Pid, s.Machine) == (silo.Pid, silo.Machine)).ToList();
                var with = others.Count > 0 ? $" and with it {string.Join(", ", others.Select(s => s.Name))}" : "";
                context.Output.WriteLine($"{silo.Name} (process {silo.Pid}, {Humanize.Count(silo.Agents, "agent")}) was killed{with}. See them move: healing events -f");
                break;
        }
    }
}
