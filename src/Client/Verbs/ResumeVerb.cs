using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Verbs;

/// <summary><c>resume</c>.</summary>
internal sealed class ResumeVerb() : OrderVerb("resume", "End the pause of agents.", CommandKind.Resume);
