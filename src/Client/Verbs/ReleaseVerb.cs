using OrleansHealing.Supervision;

namespace OrleansHealing.Client.Verbs;

/// <summary><c>release</c>.</summary>
internal sealed class ReleaseVerb() : OrderVerb("release", "Let agents out of quarantine, their failures forgotten.", CommandKind.Release);
