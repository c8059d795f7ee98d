using OrleansHealing.Agents;
using OrleansHealing.Client.Connection;
using OrleansHealing.Client.Output;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Verbs;

/// <summary>
/// Carries one order out for each id and goes on when one fails. What was done goes to stdout, what was not to stderr; the
/// highest exit code wins. Only a lost cluster ends it early.
/// </summary>
internal static class Orders
{
    public static async Task<int> RunAsync(
        VerbContext context,
        FleetSession session,
        IEnumerable<AgentId> ids,
        Func<AgentId, Task<CommandResult>> order,
        CancellationToken cancellationToken)
    {
        var worst = ExitCodes.Ok;
        var reports = new List<OrderReport>();
        foreach (var id in ids)
        {
            OrderReport report;
            try
            {
                var result = await order(id);
                worst = Math.Max(worst, ExitCode(result.Outcome));
                report = new OrderReport
                {
                    Id = id.Value,
                    Outcome = result.Outcome,
                    Message = result.Message,
                    Incarnation = result.Incarnation,
                    Faults = result.Faults.Count > 0 ? result.Faults : null,
                };
                Print(context, report, await ComplaintAsync(session, id, result, cancellationToken));
            }
            catch (VerbFailure e) when (e.ExitCode is ExitCodes.Unreachable)
            {
                reports.Add(new OrderReport { Id = id.Value, Message = e.Message });
                context.Output.Tell($"{id}: {e.Message}");
                PrintJson(context, reports);
                return ExitCodes.Unreachable;
            }

            reports.Add(report);
        }

        PrintJson(context, reports);
        return worst;
    }

    /// <summary>Reports on one order that is about no agent by itself.</summary>
    public static int Report(VerbContext context, string name, CommandResult result)
    {
        var report = new OrderReport
        {
            Id = Printable.Clean(name),
            Outcome = result.Outcome,
            Message = result.Message,
            Incarnation = null,
            Faults = result.Faults.Count > 0 ? result.Faults : null,
        };
        Print(context, report, result.Outcome is CommandOutcome.Ok ? null : $"{report.Id}: {Printable.Clean(result.Message)}");
        PrintJson(context, [report]);
        return ExitCode(result.Outcome);
    }

    private static int ExitCode(CommandOutcome outcome) => outcome switch
    {
        CommandOutcome.Ok => ExitCodes.Ok,
        CommandOutcome.NotFound => ExitCodes.NotFound,
        CommandOutcome.Invalid => ExitCodes.Usage,
        _ => ExitCodes.Error,
    };

    private static async Task<string?> ComplaintAsync(FleetSession session, AgentId id, CommandResult result, CancellationToken cancellationToken) =>
        result.Outcome switch
        {
            CommandOutcome.Ok => null,
            CommandOutcome.NotFound => await NotFound.MessageAsync(session, id, cancellationToken),
            CommandOutcome.Invalid when result.Faults.Count > 0 =>
                $"{id} is not valid:\n{string.Join('\n', result.Faults.Select(f => $"  {f}"))}",
            _ => $"{id}: {result.Message}",
        };

    private static void Print(VerbContext context, OrderReport report, string? complaint)
    {
        if (complaint is not null)
        {
            context.Output.Tell(complaint);
        }
        else if (context.Format is OutputFormat.Name)
        {
            context.Output.WriteLine(report.Id);
        }
        else if (context.Format is OutputFormat.Table)
        {
            context.Output.WriteLine($"{report.Id}: {Printable.Clean(report.Message)}");
        }
    }

    private static void PrintJson(VerbContext context, List<OrderReport> reports)
    {
        if (context.Format is OutputFormat.Json)
        {
            context.Output.WriteLine(ConsoleJson.List(reports));
        }
    }
}
