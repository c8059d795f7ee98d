using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.GrainDirectory;
using Orleans.Placement;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;
using OrleansHealing.Supervision;

namespace OrleansHealing.Alerts;

/// <summary>Answers consoles and pages about alerts. Reentrant, since it only reads and passes on.</summary>
[Reentrant, PreferLocalPlacement, GrainDirectory(HealingSiloBuilderExtensions.DirectoryName)]
internal sealed partial class AlertGrain(
    AlertReader reader, AlertTest test, IIncidentStore incidents, StoreClock clock, Random random, ILogger<AlertGrain> logger) : Grain, IAlertGrain
{
    private const int MostSilences = 100;
    private const int IdBytes = 4;

    public Task<IReadOnlyList<AlertView>> ListAsync() => reader.ListAsync();

    public Task<IReadOnlyList<AlertTestResult>> TestAsync(string? sink) => test.RunAsync(sink);

    public async Task<IReadOnlyList<AlertSilence>> SilencesAsync() =>
        [.. (await incidents.AlertSilencesAsync()).Where(s => s.Until > clock.Now).OrderBy(s => s.Until)];

    public async Task<CommandResult> SilenceAsync(AlertSilenceCommand command)
    {
        Fleet.Fault[] faults = [.. command.Check()];
        if (faults.Length > 0)
        {
            return CommandResult.Invalid(faults);
        }

        var now = clock.Now;
        var known = await incidents.AlertSilencesAsync();
        foreach (var old in known.Where(s => s.Until <= now))
        {
            await incidents.EndAlertSilenceAsync(old.Id);
        }

        if (known.Count(s => s.Until > now) >= MostSilences)
        {
            return CommandResult.Conflict($"There are {MostSilences} silences already, which is the most; end some of them first.");
        }

        var bytes = new byte[IdBytes];
        random.NextBytes(bytes);
        var silence = new AlertSilence
        {
            Id = Convert.ToHexStringLower(bytes),
            AgentId = command.AgentId,
            Condition = command.Condition,
            Labels = command.Labels,
            Actor = CommandRules.Actor(command.Actor),
            Reason = command.Reason,
            At = now,
            Until = now + command.For,
        };
        await incidents.SetAlertSilenceAsync(silence);
        LogSilenced(logger, silence.Id, silence.Scope, silence.Actor, silence.Until);
        return CommandResult.Done($"Silence {silence.Id}: {silence.Scope}, until {silence.Until:u}. What goes on by then is told then.");
    }

    public async Task<CommandResult> UnsilenceAsync(string id) => await incidents.EndAlertSilenceAsync(id)
        ? CommandResult.Done($"Silence {id} is over.")
        : new CommandResult { Outcome = CommandOutcome.NotFound, Message = $"There is no silence '{id}'." };

    [LoggerMessage(1450, LogLevel.Information, "Silence {Id} of alerts ({Scope}) was ordered by {Actor}, until {Until}")]
    private static partial void LogSilenced(ILogger logger, string id, string scope, string actor, DateTimeOffset until);
}
