using System.Globalization;
using OrleansHealing.Agents;
using OrleansHealing.Fleet;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Output;

/// <summary>Everything about one agent: how it stands, what it is started from, and a timeline of what happened to it.</summary>
internal static class AgentPage
{
    public static IEnumerable<Line> Of(AgentDetails details, DateTimeOffset now, TimeZoneInfo zone, bool onScreen)
    {
        var agent = details.Agent;
        yield return new Line()
            .Add(agent.Id.Value, Styles.Strong).Add("   ")
            .Add(agent.Status.ToWord(), Styles.Of(agent.Status)).Add("   ")
            .Add(string.Create(CultureInfo.InvariantCulture, $"incarnation {agent.Incarnation}"));
        foreach (var (name, value) in Fields(details, now, zone, onScreen))
        {
            yield return new Line().Add($"  {name,-13} ", Styles.Dim).Add(value.Text, value.Style);
        }

        if (details.Checkpoints.Count > 0)
        {
            yield return new Line();
            yield return new Line().Add("Checkpoints", Styles.Strong);
            foreach (var checkpoint in details.Checkpoints)
            {
                yield return new Line().Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"  #{checkpoint.Incarnation}.{checkpoint.Sequence,-8} {Humanize.Ago(checkpoint.At, now),-12} {checkpoint.Length:N0} characters"));
            }
        }

        if (details.Actions.Count > 0)
        {
            yield return new Line();
            yield return new Line().Add("Actions", Styles.Strong);
            foreach (var action in details.Actions.Reverse())
            {
                yield return ActionLine.Of(action, agentWidth: 0, onScreen, now, zone).Indent();
            }
        }
    }

    private static IEnumerable<(string Name, Cell Value)> Fields(AgentDetails details, DateTimeOffset now, TimeZoneInfo zone, bool onScreen)
    {
        var agent = details.Agent;
        yield return ("kind", Printable.Clean(agent.Kind));
        yield return ("silo", agent.Silo ?? Humanize.None);
        yield return ("last beat", Humanize.Ago(agent.LastHeartbeatAt, now));
        if (agent.Deadline is not null)
        {
            yield return ("deadline", Humanize.Until(agent.Deadline, now));
        }

        if (agent.NextRestartAt is not null)
        {
            yield return ("next restart", new(Humanize.Until(agent.NextRestartAt, now), Styles.Healing));
        }

        yield return ("failures", $"{agent.ConsecutiveFailures} in a row, {Humanize.Count(agent.TotalRestarts, "restart")} in all");
        if (agent.LastFailure is { } failure)
        {
            yield return ("last failure", new(
                Printable.Clean($"{failure.Reason.ToWord()}, {Humanize.Ago(failure.At, now)}: {failure.Message}"), Styles.Healing));
        }

        yield return ("progress", Humanize.Values(agent.Progress));
        if (details.Desired is { } desired)
        {
            var why = desired.Reason is null ? "" : $": {desired.Reason}";
            var ends = desired.Until is null ? "" : $", ends {Humanize.Until(desired.Until, now)}";
            yield return ("desired", Printable.Clean($"{desired.Mode.ToWord()} (by {desired.Actor}, {Humanize.Ago(desired.At, now)}{ends}{why})"));
        }

        if (agent.Maintenance is { } order)
        {
            yield return ("rests with", new(MaintenanceLine.Of(order, now), Styles.Of(AgentStatus.Paused)));
        }

        if (agent.PausedUntil is { } until)
        {
            yield return ("paused until", new($"{ActionLine.Time(until, onScreen, now, zone)} ({Humanize.Until(until, now)})", Styles.Of(AgentStatus.Paused)));
        }

        yield return ("labels", Humanize.Pairs(agent.Labels));
        if (details.Definition is { } definition)
        {
            yield return ("settings", Humanize.Values(JsonText.Parse((definition.Settings ?? AgentSettings.Empty).Json)));
        }

        foreach (var line in details.Policy is { } policy ? Policy(policy) : [])
        {
            yield return line;
        }

        if (agent.RecordFault is { } fault)
        {
            yield return ("record", new($"unreadable: {Printable.Clean(fault)}", Styles.Bad));
        }
    }

    private static IEnumerable<(string Name, Cell Value)> Policy(SupervisionPolicy policy)
    {
        var backoff = policy.Backoff;
        yield return ("restart", string.Create(
            CultureInfo.InvariantCulture,
            $"{policy.Restart.ToWord()}, quarantined at failure {policy.MaxRestarts} in a row, forgotten after {Humanize.Seconds(policy.Stable)} healthy"));
        yield return ("heartbeat",
            $"every {Humanize.Seconds(policy.Heartbeat)}, timeout {Humanize.Seconds(policy.Timeout)}, progress timeout "
            + (policy.ProgressTimeout is { } progress ? Humanize.Seconds(progress) : "none"));
        yield return ("backoff", string.Create(
            CultureInfo.InvariantCulture,
            $"at once, then {Humanize.Seconds(backoff.Base)} x {backoff.Factor}^(n-1), at most {Humanize.Seconds(backoff.Max)}, jitter {backoff.Jitter:P0}"));
        yield return ("grace",
            $"start {Humanize.Seconds(policy.StartupGrace)}, stop {Humanize.Seconds(policy.StopGrace)}, "
            + $"announced silence at most {Humanize.Seconds(policy.MaxExpectedSilence)}");
    }
}
