using OrleansHealing.Fleet;
using OrleansHealing.Supervision;
using Spectre.Console;

namespace OrleansHealing.Client.Output;

/// <summary>What a word looks like: green is well, yellow heals by itself, red needs a person, grey rests.</summary>
internal static class Styles
{
    public static readonly Style Dim = new(Color.Grey);
    public static readonly Style Strong = new(decoration: Decoration.Bold);
    public static readonly Style Good = new(Color.Green);
    public static readonly Style Healing = new(Color.Yellow);
    public static readonly Style Bad = new(Color.Red, decoration: Decoration.Bold);
    private static readonly Style Coming = new(Color.Teal);
    private static readonly Style Ordered = new(Color.Blue);

    public static Style Of(AgentStatus status) => status switch
    {
        AgentStatus.Healthy => Good,
        AgentStatus.Starting or AgentStatus.Restarting => Coming,
        AgentStatus.Stale or AgentStatus.BackingOff => Healing,
        AgentStatus.Quarantined => Bad,
        AgentStatus.Paused => Ordered,
        _ => Dim,
    };

    public static Style Of(ActionKind action) => action switch
    {
        ActionKind.Recovered or ActionKind.Stabilized or ActionKind.Completed or ActionKind.Released => Good,
        ActionKind.Failed or ActionKind.BackingOff or ActionKind.Repaired or ActionKind.HoldBegan or ActionKind.PanicBegan => Healing,
        ActionKind.Quarantined => Bad,
        ActionKind.Spawned or ActionKind.Restarting => Coming,
        ActionKind.Paused or ActionKind.Resumed => Ordered,
        _ => Dim,
    };

    public static Style Of(DoctorLevel level) => level switch
    {
        DoctorLevel.Ok => Good,
        DoctorLevel.Warning => Healing,
        _ => Bad,
    };

    public static Style Of(SiloState state) => state switch
    {
        SiloState.Active => Good,
        SiloState.Dead => Bad,
        _ => Healing,
    };
}
