using System.ComponentModel;
using System.Text.Json.Serialization;
using OrleansHealing.Serialization;

namespace OrleansHealing.Alerts;

/// <summary>What people are told of. While one holds, an alert is open; when it is over, the alert resolves by itself.</summary>
[JsonConverter(typeof(KebabCaseEnumConverter<AlertCondition>)), TypeConverter(typeof(KebabCaseTypeConverter))]
public enum AlertCondition
{
    /// <summary>An agent was given up on and waits for a person. An error.</summary>
    AgentQuarantined,

    /// <summary>A group of agents was given up on. An error.</summary>
    GroupQuarantined,

    /// <summary>So many agents were given up on within a minute that they are told as one. Critical.</summary>
    QuarantineStorm,

    /// <summary>An agent took silos down with it and was given up on. Critical.</summary>
    PoisonAgent,

    /// <summary>So many agents fell silent at once that the detector is distrusted. Critical.</summary>
    PanicGuard,

    /// <summary>More restarts a minute than there should be, for five minutes. A warning.</summary>
    RestartRate,

    /// <summary>A silo does not reach the store. Critical.</summary>
    StoreOutOfReach,

    /// <summary>No supervisor of a partition finishes rounds. Critical.</summary>
    SupervisorStalled,

    /// <summary>The dead man's switch is set up and cannot be reached. A warning.</summary>
    DeadManSwitch,

    /// <summary>A person tries out the sinks. A warning.</summary>
    Test,
}
