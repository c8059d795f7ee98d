namespace OrleansHealing.Supervision;

/// <summary>The names of the rules that decide, as explanations show them. They are kept from version to version.</summary>
internal static class Rule
{
    /// <summary>Times of its record lie in the future: the store's clock was set back.</summary>
    public const string ClockWentBack = "clock-went-back";

    /// <summary>The wait of an agent that backs off is over.</summary>
    public const string WaitOver = "wait-over";

    /// <summary>Its body, or who started it, told its end.</summary>
    public const string Report = "report";

    /// <summary>The silo that claimed it was declared dead.</summary>
    public const string SiloDead = "silo-dead";

    /// <summary>Its deadline is past.</summary>
    public const string Deadline = "deadline";

    /// <summary>Silence proves nothing yet, since nobody could be heard.</summary>
    public const string Hold = "hold";

    /// <summary>Its whole silo fell silent.</summary>
    public const string SiloSilent = "silo-silent";

    /// <summary>Nobody claimed the incarnation in time.</summary>
    public const string StartTimedOut = "start-timed-out";

    /// <summary>It beats and does not get on.</summary>
    public const string Stuck = "stuck";

    /// <summary>No heartbeat by the deadline.</summary>
    public const string Silent = "silent";

    /// <summary>Its body returned, and it is not permanent.</summary>
    public const string Returned = "returned";

    /// <summary>Its silo handed it over in good order.</summary>
    public const string Drained = "drained";

    /// <summary>Failures right after one checkpoint go back a step.</summary>
    public const string CheckpointLadder = "checkpoint-ladder";

    /// <summary>No restart can help.</summary>
    public const string Fatal = "fatal";

    /// <summary>A temporary agent is not started again.</summary>
    public const string Temporary = "temporary";

    /// <summary>Too many failures in a row.</summary>
    public const string QuarantineLimit = "quarantine-limit";

    /// <summary>The wait after the loss of a silo.</summary>
    public const string SiloLost = "silo-lost";

    /// <summary>The wait that the agent was told.</summary>
    public const string ToldToWait = "told-to-wait";

    /// <summary>The wait by its failures in a row.</summary>
    public const string Backoff = "backoff";

    /// <summary>There is nothing to start it from.</summary>
    public const string DefinitionGone = "definition-gone";

    /// <summary>Others that fail alike, or wait for the same, are to go first.</summary>
    public const string Gate = "gate";

    /// <summary>Its silo died while it alone was on trial.</summary>
    public const string Poison = "poison";

    /// <summary>The fleet's limit of restarts puts it off.</summary>
    public const string RestartLimit = "restart-limit";

    /// <summary>Its deadline is not in the store.</summary>
    public const string DeadlineLost = "deadline-lost";

    /// <summary>A granted incarnation was claimed: it beats.</summary>
    public const string Recovered = "recovered";

    /// <summary>It was healthy for the stable time.</summary>
    public const string Stable = "stable";

    /// <summary>A granted start that nobody claimed is ordered again.</summary>
    public const string LookAgain = "look-again";

    /// <summary>A person ordered it.</summary>
    public const string Order = "order";

    /// <summary>A new agent is taken on.</summary>
    public const string Spawned = "spawned";

    /// <summary>Its state was lost and is made again.</summary>
    public const string Rebuilt = "rebuilt";

    /// <summary>It runs and the store had lost it.</summary>
    public const string Reinstated = "reinstated";

    /// <summary>Another member of its group failed, or was released, and it is restarted with it.</summary>
    public const string Group = "group";

    /// <summary>Its group failed too often within its period.</summary>
    public const string GroupLimit = "group-limit";

    /// <summary>Others of its group are to be stopped, or started, before it.</summary>
    public const string GroupGate = "group-gate";

    /// <summary>Its pause is over, as it was ordered.</summary>
    public const string PauseOver = "pause-over";

    /// <summary>A standing order that agents rest covers it.</summary>
    public const string Maintenance = "maintenance";

    /// <summary>No standing order covers it any more.</summary>
    public const string MaintenanceOver = "maintenance-over";
}
