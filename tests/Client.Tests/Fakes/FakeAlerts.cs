using OrleansHealing.Agents;
using OrleansHealing.Alerts;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Tests.Fakes;

/// <summary>Alerts in memory that remember what was ordered.</summary>
internal sealed class FakeAlerts : IAlertGrain
{
    public List<AlertView> Open { get; } = [];

    public List<AlertSilence> Silences { get; } = [];

    public List<AlertTestResult> Results { get; } = [new("pager", "pager-duty", 0.21), new("chat", "slack", 0.1, "answered 404: no_service")];

    public List<string> Orders { get; } = [];

    public static AlertView Doomed { get; } = new()
    {
        Key = "agent-quarantined/doomed",
        Condition = AlertCondition.AgentQuarantined,
        Severity = AlertSeverity.Error,
        State = AlertState.Firing,
        Summary = "Agent 'doomed' was given up on (crashed)",
        AgentId = AgentId.Parse("doomed"),
        BeganAt = Samples.Now.AddMinutes(-3),
        Deliveries = [new AlertDelivery { Sink = "pager", Told = AlertState.Firing, At = Samples.Now }, new AlertDelivery { Sink = "chat", Error = "answered 500" }],
    };

    public Task<IReadOnlyList<AlertView>> ListAsync() => Task.FromResult<IReadOnlyList<AlertView>>(Open);

    public Task<IReadOnlyList<AlertTestResult>> TestAsync(string? sink) =>
        Task.FromResult<IReadOnlyList<AlertTestResult>>([.. Results.Where(r => sink is null || r.Sink == sink)]);

    public Task<IReadOnlyList<AlertSilence>> SilencesAsync() => Task.FromResult<IReadOnlyList<AlertSilence>>(Silences);

    public Task<CommandResult> SilenceAsync(AlertSilenceCommand command)
    {
        Orders.Add($"{command.For} agent {command.AgentId} condition {command.Condition} labels [{string.Join(',', command.Labels)}] because {command.Reason}");
        return Task.FromResult(CommandResult.Done("Silence 1 is begun."));
    }

    public Task<CommandResult> UnsilenceAsync(string id)
    {
        Orders.Add($"end {id}");
        return Task.FromResult(id == "1" ? CommandResult.Done("Silence 1 is over.") : new CommandResult { Outcome = CommandOutcome.NotFound, Message = $"There is no silence '{id}'." });
    }
}
