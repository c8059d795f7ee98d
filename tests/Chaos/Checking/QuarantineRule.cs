namespace OrleansHealing.Chaos.Checking;

/// <summary>Nobody is given up on but for as many failures in a row as the policy says; nothing here is fatal.</summary>
internal sealed class QuarantineRule : IRule
{
    public IEnumerable<Violation> See(View view) =>
        from action in view.Now.NewActions
        where action.Action is "quarantined" && action.Failures < view.Limits.MaxRestarts
        select view.Broken("G8 quarantine", action.Agent, $"quarantined after {action.Failures} failures of {view.Limits.MaxRestarts}: {action.Details}");
}
