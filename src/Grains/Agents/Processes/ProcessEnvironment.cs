using System.Globalization;
using OrleansHealing.Serialization;

namespace OrleansHealing.Agents.Processes;

/// <summary>The environment of a process: little of the silo's, what its definition says, and what it has to know of its incarnation. Pure.</summary>
internal static class ProcessEnvironment
{
    /// <summary>The mark by which all that the process started is found, whatever group it is in.</summary>
    public const string Run = "HEALING_RUN";

    /// <summary>Where its heartbeat pipe is.</summary>
    public const string Heartbeat = "HEALING_HEARTBEAT";

    private const int MaxFailureLength = 2000;

    /// <summary>All variables, and no other.</summary>
    /// <param name="context">The incarnation.</param>
    /// <param name="settings">What the definition says.</param>
    /// <param name="inherited">The variables of the silo that may be passed on.</param>
    /// <param name="valueOf">The silo's variables.</param>
    public static Dictionary<string, string> Create(AgentContext context, ProcessSettings settings, IEnumerable<string> inherited, Func<string, string?> valueOf)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in inherited)
        {
            if (valueOf(name) is { } value)
            {
                all[name] = value;
            }
        }

        foreach (var (name, value) in settings.Environment)
        {
            all[name] = value;
        }

        all["HEALING_AGENT"] = context.Id.Value;
        all["HEALING_INCARNATION"] = context.Incarnation.ToString(CultureInfo.InvariantCulture);
        all["HEALING_FIRST_INCARNATION"] = context.FirstIncarnation.ToString(CultureInfo.InvariantCulture);
        all["HEALING_STOP_SECONDS"] = StopGrace.OfProcess(context.Policy.StopGrace).TotalSeconds.ToString(CultureInfo.InvariantCulture);
        if (context.PreviousFailure is { } failure)
        {
            all["HEALING_PREVIOUS_FAILURE"] = OutputText.Clean($"{failure.Reason.ToWord()}: {failure.Message}", MaxFailureLength);
        }

        return all;
    }
}
