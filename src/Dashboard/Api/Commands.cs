using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OrleansHealing.Agents;
using OrleansHealing.Alerts;
using OrleansHealing.Fleet;
using OrleansHealing.Input;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Dashboard.Api;

/// <summary>Gives orders to the fleet, and writes each one down: who, what, of which agent, and how it ended.</summary>
internal sealed partial class Commands(IGrainFactory grains, ILogger<Commands> logger)
{
    private const int LongestMessage = 300;

    public Task<CommandResult> SpawnAsync(HttpContext http, AgentDefinition definition) =>
        RunAsync(http, "spawn", definition.Id.Value, (fleet, actor) => fleet.SpawnAsync(definition, actor));

    public Task<CommandResult> CommandAsync(
        HttpContext http, AgentId id, CommandKind kind, string? reason = null, TimeSpan? span = null, long? ifIncarnation = null) =>
        RunAsync(http, kind.ToWord(), id.Value, (fleet, actor) => fleet.CommandAsync(id, new AgentCommand(kind, actor, reason, span, ifIncarnation)));

    public Task<CommandResult> CrashAsync(HttpContext http, AgentId id, CrashMode mode, long? ifIncarnation = null) =>
        RunAsync(http, $"crash ({mode.ToWord()})", id.Value, (fleet, actor) => CrashAsync(fleet, id, mode, actor, ifIncarnation));

    public Task<CommandResult> DrainAsync(HttpContext http, string silo, string? reason = null, bool undo = false) => RunAsync(
        http, undo ? "undrain" : "drain", silo, (fleet, actor) => fleet.DrainAsync(silo, new DrainCommand(actor, reason, undo)));

    public Task<CommandResult> KillSiloAsync(HttpContext http, string silo) => RunAsync(http, "kill", silo, (fleet, actor) => fleet.KillSiloAsync(silo, actor));

    public Task<CommandResult> MaintainAsync(HttpContext http, IReadOnlyDictionary<string, string> labels, string? reason, TimeSpan? span, bool end) => RunAsync(
        http, end ? "end the pause" : "pause", MaintenanceOrder.ScopeOf(labels), (fleet, actor) => fleet.MaintainAsync(new MaintenanceCommand(labels, actor, reason, span, end)));

    public Task<CommandResult> SilenceAlertsAsync(HttpContext http, AlertSilenceCommand command) =>
        RunAsync(http, "silence", "alerts", () => grains.GetAlerts().SilenceAsync(command));

    public Task<CommandResult> UnsilenceAlertsAsync(HttpContext http, string id) =>
        RunAsync(http, "end of silence", id, () => grains.GetAlerts().UnsilenceAsync(id));

    public async Task<IReadOnlyList<AlertTestResult>> TestAlertsAsync(HttpContext http, string? sink)
    {
        IReadOnlyList<AlertTestResult> results = [];
        await RunAsync(http, "test of alerts", sink ?? "all sinks", async () =>
        {
            results = await grains.GetAlerts().TestAsync(sink);
            return CommandResult.Done($"{results.Count(r => r.Error is null)} of {results.Count} took it");
        });
        return results;
    }

    private Task<CommandResult> RunAsync(HttpContext http, string command, string target, Func<IFleetGrain, string, Task<CommandResult>> order) =>
        RunAsync(http, command, target, () => order(grains.GetFleet(), Caller.Of(http)));

    private async Task<CommandResult> RunAsync(HttpContext http, string command, string target, Func<Task<CommandResult>> order)
    {
        var actor = Caller.Of(http);
        var of = Texts.Shorten(target, LongestMessage);
        try
        {
            var result = await order();
            Log(actor, command, of, result.Outcome.ToWord(), Texts.Shorten(result.Message, LongestMessage));
            return result;
        }
        catch (Exception e)
        {
            // What it was is logged by who answers; here stands that somebody ordered it.
            Log(actor, command, of, "unknown", e.GetType().Name);
            throw;
        }
    }

    /// <summary>The supervisor has no part in a forced crash, so nobody but the caller could compare; between the two calls it may change.</summary>
    private static async Task<CommandResult> CrashAsync(IFleetGrain fleet, AgentId id, CrashMode mode, string actor, long? ifIncarnation)
    {
        if (ifIncarnation is { } expected)
        {
            if (await fleet.DescribeAsync(id) is not { } details)
            {
                return CommandResult.NotFound(id.Value);
            }

            if (details.Agent.Incarnation != expected)
            {
                return CommandResult.OtherIncarnation(id, details.Agent.Incarnation, expected);
            }
        }

        return await fleet.CrashAsync(id, mode, actor);
    }

    [LoggerMessage(10, LogLevel.Information, "{Actor} ordered {Command} of {Target}: {Outcome} ({Message})")]
    private partial void Log(string actor, string command, string target, string outcome, string message);
}
