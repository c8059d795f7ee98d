using System.CommandLine;
using System.CommandLine.Invocation;
using OrleansHealing.Client.Connection;
using OrleansHealing.Client.Output;
using OrleansHealing.Client.Verbs;

namespace OrleansHealing.Client;

/// <summary>The console: takes a command line, runs its verb, and turns every ending into an exit code and a helpful line.</summary>
internal sealed class HealingConsole(IFleetConnector connector, ConsoleOutput output, IProcessTable processes, TimeProvider time)
{
    private const string Name = "healing";

    public async Task<int> RunAsync(string[] args, CancellationToken cancellationToken = default)
    {
        var arguments = Describe().Parse(args);
        var missing = MissingValue.Find(arguments);
        if (arguments.Action is ParseErrorAction || missing is not null)
        {
            return Complain(arguments, missing);
        }

        try
        {
            return await arguments.InvokeAsync(
                new InvocationConfiguration
                {
                    EnableDefaultExceptionHandler = false,
                    Output = output.Out,
                    Error = output.Error,
                    ProcessTerminationTimeout = TimeSpan.FromSeconds(2),
                },
                cancellationToken);
        }
        catch (Exception e)
        {
            if (GlobalOptions.IsDebug(arguments) && e is not OperationCanceledException)
            {
                output.Tell(e.ToString());
            }

            return Explain(e);
        }
    }

    /// <summary>Every verb with its options.</summary>
    public RootCommand Describe()
    {
        Verb[] verbs =
        [
            new PsVerb(), new DescribeVerb(), new WatchVerb(), new EventsVerb(), new ExplainVerb(), new WaitVerb(),
            new SpawnVerb(), new CrashVerb(), new RestartVerb(), new PauseVerb(), new ResumeVerb(), new ReleaseVerb(), new StopVerb(),
            new MaintenanceVerb(), new SilosVerb(), new DrainVerb(), new KillSiloVerb(), new KindsVerb(), new WhatIfVerb(), new AlertsVerb(), new DoctorVerb(),
        ];
        var root = new RootCommand("See, command and break a self-healing fleet of agents.");
        foreach (var verb in verbs)
        {
            foreach (var one in verb.Subcommands.OfType<Verb>().Prepend(verb))
            {
                one.SetAction((arguments, stop) => RunAsync(one, new VerbContext(arguments, connector, output, processes, time), stop));
            }

            root.Add(verb);
        }

        GlobalOptions.AddTo(root);
        return root;
    }

    /// <summary>The last place that knows whether a cancellation is the person's: only then it is the console's end.</summary>
    private static async Task<int> RunAsync(Verb verb, VerbContext context, CancellationToken stop)
    {
        try
        {
            return await verb.RunAsync(context, stop);
        }
        catch (Exception e) when (TransportFailure.Is(e, stop))
        {
            throw Unreachable.Broken(e);
        }
    }

    private int Complain(ParseResult arguments, string? missing)
    {
        var verb = arguments.CommandResult.Command as Verb;
        var unknown = verb is null && arguments.UnmatchedTokens.Count > 0 ? arguments.UnmatchedTokens[0] : null;
        if (missing is not null)
        {
            output.Tell(missing);
        }
        else if (unknown is not null)
        {
            var near = Near.Of(unknown, arguments.RootCommandResult.Command.Subcommands.Select(c => c.Name));
            output.Tell($"There is no verb '{unknown}'.{(near.Count > 0 ? $" Did you mean {string.Join(" or ", near)}?" : "")}");
        }
        else if (verb is null && arguments.Tokens.Count is 0)
        {
            output.Tell("Say what to do.");
        }
        else
        {
            foreach (var message in arguments.Errors.Select(e => e.Message).Distinct(StringComparer.Ordinal))
            {
                output.Tell(message);
            }
        }

        output.Tell($"See: {Name} {(verb is null ? "" : $"{PathOf(verb)} ")}--help");
        return ExitCodes.Usage;
    }

    private static string PathOf(Verb verb) => verb.Parents.OfType<Verb>().FirstOrDefault() is { } parent ? $"{parent.Name} {verb.Name}" : verb.Name;

    private int Explain(Exception exception)
    {
        switch (exception)
        {
            case VerbFailure failure:
                output.Tell(failure.Message);
                return failure.ExitCode;
            case OperationCanceledException:
                return ExitCodes.Interrupted;
            case IOException { HResult: BrokenPipe }:
                // Whoever read the output (head, less) has enough.
                return ExitCodes.Ok;
            default:
                output.Tell($"{exception.GetType().Name}: {Printable.Clean(exception.Message)}\nMore with --debug.");
                return ExitCodes.Error;
        }
    }

    private const int BrokenPipe = 32;
}
