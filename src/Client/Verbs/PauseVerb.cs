using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Verbs;

/// <summary><c>pause</c>.</summary>
internal sealed class PauseVerb() : OrderVerb("pause", "Stop agents and let them rest until they are resumed.", CommandKind.Pause);
