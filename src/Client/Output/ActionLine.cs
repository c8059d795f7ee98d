using System.Globalization;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Output;

/// <summary>One action as one line: when, who, what, which incarnation, why.</summary>
internal static class ActionLine
{
    private const int ActionWidth = 11;

    /// <summary>The line; the agent is left out where all lines are about one (<paramref name="agentWidth"/> 0).</summary>
    public static Line Of(SupervisorAction action, int agentWidth, bool onScreen, DateTimeOffset now, TimeZoneInfo zone, bool withId = false)
    {
        var line = withId ? new Line().Add(action.Id, Styles.Dim).Add("   ") : new Line();
        line.Add(Time(action.At, onScreen, now, zone), Styles.Dim).Add("   ");
        if (agentWidth > 0)
        {
            line.Add(About(action).PadRight(agentWidth), Styles.Strong).Add("   ");
        }

        return line
            .Add(action.Action.ToWord().PadRight(ActionWidth), Styles.Of(action.Action)).Add("   ")
            .Add(string.Create(CultureInfo.InvariantCulture, $"#{action.Incarnation}").PadRight(4)).Add("   ")
            .Add(Printable.Clean(action.Details));
    }

    /// <summary>Whom an action is about; no agent can be named as all of them are.</summary>
    public static string About(SupervisorAction action) => action.AgentId?.Value ?? "(all)";

    /// <summary>On a screen the reader's own clock, with the day if it is another; for programs ISO-8601 in UTC.</summary>
    public static string Time(DateTimeOffset at, bool onScreen, DateTimeOffset now, TimeZoneInfo zone)
    {
        if (!onScreen)
        {
            return at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        }

        var local = TimeZoneInfo.ConvertTime(at, zone);
        var format = local.Date == TimeZoneInfo.ConvertTime(now, zone).Date ? "HH:mm:ss.f" : "MM-dd HH:mm:ss.f";
        return local.ToString(format, CultureInfo.InvariantCulture);
    }
}
