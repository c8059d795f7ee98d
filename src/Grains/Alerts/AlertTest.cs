using OrleansHealing.Heartbeats;

namespace OrleansHealing.Alerts;

/// <summary>Sends an alert of no meaning and its end, past outbox, routes and silences, to see whether sinks are set up right.</summary>
internal sealed class AlertTest(AlertChannels channels, AlertPost post, StoreClock clock, TimeProvider time)
{
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(10);

    public async Task<IReadOnlyList<AlertTestResult>> RunAsync(string? sink) => await Task.WhenAll(
        channels.All.Where(c => sink is null || string.Equals(c.Name, sink, StringComparison.OrdinalIgnoreCase)).Select(TryAsync));

    private async Task<AlertTestResult> TryAsync(AlertChannel channel)
    {
        var began = clock.Monotonic;
        var signal = new Signal(AlertCondition.Test, Guid.NewGuid().ToString("N"), "This is a test of the alerts of OrleansHealing; nothing is wrong");
        var incident = IncidentRules.Raise(null, signal, clock.Now);
        var letter = post.Letter("test");
        var error = await SendAsync(channel, letter.Of(incident, AlertState.Firing))
            ?? await SendAsync(channel, letter.Of(IncidentRules.Over(incident, clock.Now), AlertState.Resolved));
        return new AlertTestResult(channel.Name, channel.Kind, Math.Round((clock.Monotonic - began).TotalSeconds, 3), error);
    }

    /// <summary>Whoever waits for the answer is a call of Orleans, which waits for half a minute.</summary>
    private async Task<string?> SendAsync(AlertChannel channel, AlertNotice notice)
    {
        try
        {
            var hurried = channel.Timeout > LongestAnswer ? channel with { Timeout = LongestAnswer } : channel;
            await hurried.DeliverAsync(notice, time, CancellationToken.None);
            return null;
        }
        catch (AlertSinkException e)
        {
            return e.Message;
        }
    }
}
