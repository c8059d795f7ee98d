namespace OrleansHealing.Agents.Processes;

/// <summary>How a silo runs agents that are processes. Checked when the host starts.</summary>
public class ProcessAgentOptions
{
    /// <summary>
    /// The variables of the silo's environment that its processes get, where they are set: <c>PATH</c>, <c>HOME</c>, <c>USER</c>,
    /// <c>LOGNAME</c>, <c>LANG</c>, <c>LC_ALL</c>, <c>TZ</c> and <c>TMPDIR</c> by default. No other is passed on, since the silo's own
    /// hold its secrets.
    /// </summary>
    public IList<string> InheritedVariables { get; } = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR"];

    /// <summary>How many lines a second of one process are logged, stdout and stderr together; the rest is counted. 0 to 100,000, by default 50.</summary>
    public int LogLinesPerSecond { get; set; } = 50;
}
