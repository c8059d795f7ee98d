namespace OrleansHealing.Alerts;

/// <summary>How the dead man's switch took a sign of life.</summary>
internal enum DeadManOutcome
{
    /// <summary>It was not time for one.</summary>
    NotDue,

    /// <summary>It was taken.</summary>
    Reached,

    /// <summary>It was missed so often that the switch will go off.</summary>
    Missed,
}
