using Microsoft.Extensions.Options;
using OrleansHealing.Heartbeats;
using OrleansHealing.Hosting;

namespace OrleansHealing.Alerts;

/// <summary>Sends an alert of no meaning and its end, past outbox, routes and silences, to see whether sinks are set up right.</summary>
internal sealed class AlertTest(AlertChannels channels, StoreClock clock, TimeProvider time, IOptions<AlertOptions> options, IOptions<HealingOptions> healing)
{
    public async Task<IReadOnlyList<AlertTestResult>> RunAsync(string? sink) => await Task.WhenAll(
        channels.All.Where(c => sink is null || string.Equals(c.Name, sink, StringComparison.OrdinalIgnoreCase)).Select(TryAsync));

    private async Task<AlertTestResult> TryAsync(AlertChannel channel)
    {
        var began = clock.Monotonic;
        var signal = new Signal(AlertCondition.Test, Guid.NewGuid().ToString("N"), "This is a test of the alerts of OrleansHealing; nothing is wrong");
        var incident = IncidentRules.Raise(null, signal, clock.Now);
        var letter = new AlertLetter(healing.Value.KeyPrefix, "test", options.Value.PageUrl);
        var error = await SendAsync(channel, letter.Of(incident, AlertState.Firing))
            ?? await SendAsync(channel, letter.Of(IncidentRules.Over(incident, clock.Now), AlertState.Resolved));
        return new AlertTestResult(channel.Name, channel.Kind, error, Math.Round((clock.Monotonic - began).TotalSeconds, 3));
    }

    private async Task<string?> SendAsync(AlertChannel channel, AlertNotice notice)
    {
        try
        {
            await channel.DeliverAsync(notice, time, CancellationToken.None);
            return null;
        }
        catch (AlertSinkException e)
        {
            return e.Message;
        }
    }
}
