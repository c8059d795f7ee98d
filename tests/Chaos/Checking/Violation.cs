namespace OrleansHealing.Chaos.Checking;

/// <summary>A promise that was not kept.</summary>
/// <param name="At">When it was seen, since the run began.</param>
/// <param name="Rule">The rule that saw it, with the guarantee that it stands for.</param>
/// <param name="Agent">The agent; null when it is about the fleet.</param>
/// <param name="Evidence">What was seen.</param>
internal sealed record Violation(TimeSpan At, string Rule, string? Agent, string Evidence)
{
    public override string ToString() => $"{At:hh\\:mm\\:ss\\.fff} {Rule} {Agent ?? "fleet"}: {Evidence}";
}
