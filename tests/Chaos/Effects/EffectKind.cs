namespace OrleansHealing.Chaos.Effects;

/// <summary>What a body notes outside the store.</summary>
internal enum EffectKind
{
    /// <summary>It began, from the checkpoint with this number.</summary>
    Loaded,

    /// <summary>It did this step.</summary>
    Step,

    /// <summary>The store accepted this number as its checkpoint.</summary>
    Saved,
}

/// <summary>One trace of one body.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Incarnation">The incarnation that the body took itself for.</param>
/// <param name="Pid">The process that it ran in.</param>
/// <param name="Body">Which body: no two have the same.</param>
/// <param name="Kind">What it did.</param>
/// <param name="Number">Which step.</param>
/// <param name="Timestamp">When, by the machine's monotonic clock, which all processes share.</param>
internal sealed record Effect(string Agent, long Incarnation, int Pid, string Body, EffectKind Kind, long Number, long Timestamp);
