using System.Reflection;
using OrleansHealing.Alerts;
using OrleansHealing.Fleet;

namespace OrleansHealing.Dashboard.Support;

/// <summary>A grain factory that knows the fleet and its alerts, at this process's own key.</summary>
public class FakeGrainFactory : DispatchProxy
{
    private FakeFleet? _fleet;

    public static IGrainFactory Of(FakeFleet fleet)
    {
        var factory = Create<IGrainFactory, FakeGrainFactory>();
        ((FakeGrainFactory)(object)factory)._fleet = fleet;
        return factory;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod is { Name: "GetGrain" } && (targetMethod.ReturnType == typeof(IFleetGrain) || targetMethod.ReturnType == typeof(IAlertGrain)) && args is [long, null]
            ? _fleet
            : throw new NotSupportedException($"{targetMethod} is not what the API should call.");
}
