using System.Text.Json;

namespace OrleansHealing.Silo.Telemetry;

/// <summary>What three silos send to a receiver of OTLP when an agent fails and comes back.</summary>
[Collection(nameof(ToldClusterTests))]
public sealed class RecoveryTraceTests(ToldCluster cluster)
{
    private const string Agent = "caller";

    [Fact]
    public async Task Crash_ThatIsRestartedOnAnotherSilo_IsOneTraceFromItsReportToItsFirstBeat()
    {
        var (receiver, seen) = (cluster.Receiver, await cluster.CrashTwiceAsync(Agent));
        var (second, third) = (seen[1], seen[2]);

        var spans = await SeeTraceAsync(receiver, third.Incarnation, "GET");

        Assert.Equal(
            ["GET", "back_off", "check_and_resuscitate", "commit_decision", "first_beat", "is_agent_healthy", "order_start", "report_end", "start_incarnation"],
            spans.Select(s => s.Name).Distinct().Order(StringComparer.Ordinal));
        var (report, wait, start, beat) = (One("report_end"), One("back_off"), One("start_incarnation"), One("first_beat"));

        // On a slow machine the order is repeated before it is carried out.
        var orders = spans.Where(s => s.Name == "order_start").ToList();
        Assert.Equal((second.Silo, third.Silo), (report.Silo, start.Silo));
        Assert.NotEqual(report.Silo, start.Silo);
        Assert.True(report.IsError);
        Assert.InRange(wait.Took, TimeSpan.FromSeconds(0.3), TimeSpan.FromSeconds(60));

        // Each step within the one before it; the supervisor's looks, which the store alone connects, stand side by side.
        var rounds = spans.Where(s => s.Name == "check_and_resuscitate").OrderBy(s => s.Began).ToList();
        Assert.Equal(["failed backing-off", "restarting", "recovered"], rounds.Select(r => string.Join(' ', r.Events)).Where(e => e.Length > 0));
        Assert.All([report, wait, .. rounds], root => Assert.Equal("", root.Parent));
        Assert.Single(orders, o => o.Parent == rounds.Single(r => r.Events.Contains("restarting")).Id);
        Assert.Single(orders, o => o.Id == start.Parent);
        Assert.Equal(start.Id, beat.Parent);
        Assert.All(spans.Where(s => s.Name == "GET"), call => Assert.Equal(start.Id, call.Parent));
        Assert.All(spans.Where(s => s.Name is "is_agent_healthy" or "commit_decision"), part => Assert.Contains(part.Parent, rounds.Select(r => r.Id)));
        Assert.Equal(StartOf(second.Incarnation).Trace, Assert.Single(report.Links));

        // The two failed on two silos, one of which at least is not the supervisor's: there the store alone leads from the one to the other.
        Assert.Single(await SeeTraceAsync(receiver, second.Incarnation, "report_end"), s => s.Name == "report_end");

        // What was logged on either silo says which trace it belongs to.
        await SeeLogAsync(receiver, "The body called", third.Silo!, start.Trace, start.Id);
        await SeeLogAsync(receiver, $"Restarting agent {Agent}", rounds[0].Silo, start.Trace, rounds.Single(r => r.Events.Contains("restarting")).Id);
        await SeeLogAsync(receiver, $"Agent {Agent} crashed in incarnation {second.Incarnation}", second.Silo!, report.Links[0], StartOf(second.Incarnation).Id);
        var called = receiver.Logs.First(l => l.Text.StartsWith("The body called", StringComparison.Ordinal) && l.Trace == start.Trace);
        Assert.Equal((Agent, $"{third.Incarnation}"), (called.Attributes["AgentId"], called.Attributes["Incarnation"]));
        Assert.Contains("healing.recover.duration", receiver.Metrics);

        // Looks at those that are well leave nothing.
        Assert.All(receiver.Spans.Where(s => s.Name == "check_and_resuscitate"), r => Assert.True(r.Events.Count > 0 || receiver.Spans.Any(s => s.Parent == r.Id && s.Name == "order_start")));

        SpanSeen One(string name) => Assert.Single(spans, s => s.Name == name);

        SpanSeen StartOf(long incarnation) => receiver.Spans.Single(s => IsStartOf(s, incarnation));
    }

    private static bool IsStartOf(SpanSeen span, long incarnation) =>
        span.Name == "start_incarnation" && (span.Attributes["healing.agent.id"], span.Attributes["healing.agent.incarnation"]) == (Agent, $"{incarnation}");

    /// <summary>All spans of the trace of an incarnation, once the supervisor has seen it recover and a span of this name has come.</summary>
    private static async Task<IReadOnlyList<SpanSeen>> SeeTraceAsync(OtlpReceiver receiver, long incarnation, string last)
    {
        await Eventually.SeeAsync(
            $"the trace of incarnation {incarnation} up to its recovery, and {last}",
            () => Task.FromResult(string.Join(", ", Trace())),
            _ => Trace().Any(s => s.Events.Contains("recovered")) && Trace().Any(s => s.Name == last) && Trace().Any(s => s.Name == "first_beat"));
        return Trace();

        IReadOnlyList<SpanSeen> Trace()
        {
            var all = receiver.Spans;
            var start = all.FirstOrDefault(s => IsStartOf(s, incarnation));
            return [.. all.Where(s => s.Trace == start?.Trace)];
        }
    }

    private static Task<string> SeeLogAsync(OtlpReceiver receiver, string text, string silo, string trace, string span) => Eventually.SeeAsync(
        $"'{text}…' of {silo} under {trace} {span}",
        () => Task.FromResult(JsonSerializer.Serialize(receiver.Logs.Where(l => l.Text.StartsWith(text, StringComparison.Ordinal)).Take(20))),
        _ => receiver.Logs.Any(l => l.Text.StartsWith(text, StringComparison.Ordinal) && (l.Silo, l.Trace, l.Span) == (silo, trace, span)));
}
