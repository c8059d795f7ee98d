using System.CommandLine;
using OrleansHealing.Agents;
using OrleansHealing.Client.Output;
using OrleansHealing.Fleet;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Verbs;

/// <summary><c>wait</c>: returns when all named agents are as wanted, or with 7 when the time is up.</summary>
internal sealed class WaitVerb : Verb
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);
    private readonly Argument<AgentId[]> _ids = VerbOptions.Ids();
    private readonly Option<double?> _timeout = VerbOptions.Seconds("--timeout", "How long to wait (60).");
    private readonly Option<long> _incarnation = new("--incarnation")
    {
        Description = "Not before this incarnation, so that a state from before a crash does not count.",
        HelpName = "N",
    };

    private readonly Option<WaitGoal> _for = new("--for")
    {
        Description = $"What to wait for: {WaitGoal.Words} (healthy).",
        HelpName = "STATUS",
        DefaultValueFactory = static _ => new WaitGoal(AgentStatus.Healthy),
        CustomParser = static result =>
        {
            if (!WaitGoal.TryParse(result.Tokens[0].Value, out var goal))
            {
                result.AddError($"--for must be one of {WaitGoal.Words} (it is '{result.Tokens[0].Value}')");
            }

            return goal;
        },
    };

    public WaitVerb()
        : base("wait", "Wait until agents are in a state.")
    {
        Add(_ids);
        Add(_for);
        Add(_timeout);
        Add(_incarnation);
        Validators.Add(result =>
        {
            if (result.GetValue(_timeout) is < 0 and var seconds)
            {
                result.AddError($"--timeout must not be negative (it is {seconds})");
            }

            if (result.GetValue(_incarnation) is < 0 and var incarnation)
            {
                result.AddError($"--incarnation must not be negative (it is {incarnation})");
            }
        });
    }

    public override async Task<int> RunAsync(VerbContext context, CancellationToken cancellationToken)
    {
        var goal = context.Arguments.GetRequiredValue(_for);
        var incarnation = context.Arguments.GetValue(_incarnation);
        var limit = TimeSpan.FromSeconds(context.Arguments.GetValue(_timeout) ?? 60);
        await using var session = await context.ConnectAsync(cancellationToken);
        var start = context.Time.GetTimestamp();
        var waits = context.Arguments.GetRequiredValue(_ids).Select(id => new Wait(id)).ToList();
        var worst = ExitCodes.Ok;
        while (waits.Count > 0)
        {
            foreach (var wait in waits.ToList())
            {
                var left = limit - context.Time.GetElapsedTime(start);
                wait.See(await session.ReadAsync(fleet => fleet.DescribeAsync(wait.Id), cancellationToken, left));
                if (goal.IsMet(wait.Last, incarnation, wait.Baseline))
                {
                    Print(context, wait, goal);
                    waits.Remove(wait);
                }
                else if (wait.Last is null)
                {
                    context.Output.Tell(await NotFound.MessageAsync(session, wait.Id, cancellationToken));
                    worst = Math.Max(worst, ExitCodes.NotFound);
                    waits.Remove(wait);
                }
            }

            if (waits.Count > 0 && context.Time.GetElapsedTime(start) >= limit)
            {
                waits.ForEach(wait => context.Output.Tell(wait.TimedOut(goal, incarnation, limit)));
                return ExitCodes.TimedOut;
            }

            if (waits.Count > 0)
            {
                await Task.Delay(Look, context.Time, cancellationToken);
            }
        }

        return worst;
    }

    private static void Print(VerbContext context, Wait wait, WaitGoal goal) => context.Output.WriteLine(context.Format switch
    {
        OutputFormat.Json when wait.Last is { } details => ConsoleJson.Line(details.Agent),
        OutputFormat.Json => ConsoleJson.Line(new OrderReport { Id = wait.Id.Value, Outcome = CommandOutcome.Ok, Message = "gone" }),
        OutputFormat.Name => wait.Id.Value,
        _ when wait.Last is { } details => $"{wait.Id}: {goal} (incarnation {details.Agent.Incarnation})",
        _ => $"{wait.Id}: gone",
    });

    /// <summary>One agent that is waited for.</summary>
    private sealed class Wait(AgentId id)
    {
        private bool _isSeen;

        public AgentId Id => id;

        public AgentDetails? Last { get; private set; }

        /// <summary>The newest action when waiting began; what happened before is not waited for.</summary>
        public string? Baseline { get; private set; }

        public void See(AgentDetails? details)
        {
            Last = details;
            if (!_isSeen)
            {
                _isSeen = true;
                Baseline = details is { Actions.Count: > 0 } ? details.Actions[0].Id : null;
            }
        }

        public string TimedOut(WaitGoal goal, long incarnation, TimeSpan limit)
        {
            var agent = Last!.Agent;
            var why = agent.LastFailure is { } failure ? Printable.Clean($"; last failure {failure.Reason.ToWord()}: {failure.Message}") : "";
            var asked = incarnation > 0 ? $" as incarnation {incarnation} or later" : "";
            return $"{id} did not become {goal}{asked} within {Humanize.Seconds(limit)}: it is {agent.Status.ToWord()} (incarnation {agent.Incarnation}){why}";
        }
    }
}
