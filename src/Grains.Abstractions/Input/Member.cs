namespace OrleansHealing.Input;

/// <summary>A member that an object may have, or must. One that it need not have may also be null.</summary>
internal sealed record Member(string Name, Shape Shape, bool IsRequired = false);
