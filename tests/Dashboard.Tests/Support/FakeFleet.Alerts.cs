using OrleansHealing.Alerts;
using OrleansHealing.Supervision;

namespace OrleansHealing.Dashboard.Support;

/// <summary>What it says of alerts.</summary>
public sealed partial class FakeFleet : IAlertGrain
{
    Task<IReadOnlyList<AlertView>> IAlertGrain.ListAsync() => Answer<IReadOnlyList<AlertView>>([Sample.Alert]);

    Task<IReadOnlyList<AlertTestResult>> IAlertGrain.TestAsync(string? sink)
    {
        Orders.Enqueue($"test {sink ?? "all"}");
        return Answer<IReadOnlyList<AlertTestResult>>(sink is null or "pager" ? [new("pager", "pager-duty", 0.21)] : []);
    }

    Task<IReadOnlyList<AlertSilence>> IAlertGrain.SilencesAsync() => Answer<IReadOnlyList<AlertSilence>>([Sample.Silence]);

    Task<CommandResult> IAlertGrain.SilenceAsync(AlertSilenceCommand command) => Order(
        $"silence {command.For} agent {command.AgentId} condition {command.Condition} labels [{string.Join(',', command.Labels)}] by {command.Actor} because {command.Reason ?? "-"}");

    Task<CommandResult> IAlertGrain.UnsilenceAsync(string id) => Order($"unsilence {id}");
}
