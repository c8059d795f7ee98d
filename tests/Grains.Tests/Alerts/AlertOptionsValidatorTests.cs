using OrleansHealing.Alerts;

namespace OrleansHealing.Tests.Alerts;

public sealed class AlertOptionsValidatorTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    public static TheoryData<Action<AlertOptions>, string> Faults() => new()
    {
        { o => o.ResolveAfter = TimeSpan.FromSeconds(-1), "AlertOptions.ResolveAfter must be 00:00:00 to 1.00:00:00" },
        { o => o.UpdateEvery = TimeSpan.Zero, "AlertOptions.UpdateEvery" },
        { o => o.StoreAfter = TimeSpan.FromSeconds(1), "AlertOptions.StoreAfter" },
        { o => o.SupervisorAfter = TimeSpan.FromSeconds(1), "AlertOptions.SupervisorAfter" },
        { o => o.DeadManEvery = TimeSpan.Zero, "AlertOptions.DeadManEvery" },
        { o => o.DeadManUrl = new Uri("ftp://hidden.example"), "AlertOptions.DeadManUrl must be an address that begins with http:// or https://" },
        { o => o.PageUrl = new Uri("fleet", UriKind.Relative), "AlertOptions.PageUrl" },
        { o => o.Fleet = "a fleet", "AlertOptions.Fleet" },
        { o => o.StormAfter = 0, "AlertOptions.StormAfter" },
        { o => o.RestartsPerMinute = -1, "AlertOptions.RestartsPerMinute" },
        { o => o.Sinks.Add(new() { Kind = AlertSinkKind.Log }), "AlertOptions.Sinks[0].Name" },
        { o => o.Sinks.Add(new() { Name = "a b", Kind = AlertSinkKind.Log }), "AlertOptions.Sinks[0].Name" },
        { o => o.Sinks.Add(new() { Name = "a" }), "AlertOptions.Sinks[0].Kind" },
        { o => o.Sinks.Add(new() { Name = "a", Kind = AlertSinkKind.Slack }), "AlertOptions.Sinks[0].Url must be an address" },
        { o => o.Sinks.Add(new() { Name = "a", Kind = AlertSinkKind.Alertmanager, Url = new Uri("file:///hidden.example") }), "AlertOptions.Sinks[0].Url must be an address" },
        { o => o.Sinks.Add(new() { Name = "a", Kind = AlertSinkKind.PagerDuty }), "AlertOptions.Sinks[0].Key must be PagerDuty's routing key" },
        { o => o.Sinks.Add(new() { Name = "a", Kind = AlertSinkKind.Webhook, Url = new Uri("http://hidden.example"), Key = "hidden.example" }), "AlertOptions.Sinks[0].Key must be the shared secret" },
        { o => o.Sinks.Add(new() { Name = "a", Kind = AlertSinkKind.Log, Timeout = TimeSpan.FromHours(1) }), "AlertOptions.Sinks[0].Timeout" },
        { o => o.Sinks.Add(new() { Name = "a", Kind = AlertSinkKind.Log, After = TimeSpan.FromDays(2) }), "AlertOptions.Sinks[0].After" },
        { o => { o.Sinks.Add(new() { Name = "a", Kind = AlertSinkKind.Log }); o.Sinks.Add(new() { Name = "A", Kind = AlertSinkKind.Log }); }, "must have names of their own" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Validate_ValueThatBreaksItsRule_NamesThePropertyAndNoSecret(Action<AlertOptions> spoil, string expected)
    {
        ArgumentNullException.ThrowIfNull(spoil);
        var options = new AlertOptions();
        spoil(options);

        var fault = Assert.Single(new AlertOptionsValidator().Validate(null, options).Failures ?? []);

        Assert.Contains(expected, fault, StringComparison.Ordinal);

        Assert.DoesNotContain("hidden.example", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_EverySink_IsTaken()
    {
        var url = new Uri("https://hidden.example");
        var options = new AlertOptions
        {
            Sinks =
            {
                new() { Name = "log", Kind = AlertSinkKind.Log },
                new() { Name = "hook", Kind = AlertSinkKind.Webhook, Url = url, Key = Secret },
                new() { Name = "slack", Kind = AlertSinkKind.Slack, Url = url },
                new() { Name = "pager", Kind = AlertSinkKind.PagerDuty, Key = "r" },
                new() { Name = "am", Kind = AlertSinkKind.Alertmanager, Url = url },
            },
        };

        Assert.True(new AlertOptionsValidator().Validate(null, options).Succeeded);
        Assert.True(new AlertOptionsValidator().Validate(null, new AlertOptions()).Succeeded);
    }
}
