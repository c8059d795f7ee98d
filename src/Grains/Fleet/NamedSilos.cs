using OrleansHealing.Supervision;

namespace OrleansHealing.Fleet;

/// <summary>Finds the silo that a person means.</summary>
internal static class NamedSilos
{
    /// <summary>The living silo of this name or address, or why there is none or not one.</summary>
    public static (SiloView? Silo, CommandResult? Refusal) Find(IReadOnlyList<SiloView> silos, string name)
    {
        var named = silos.Where(s => s.Address == name).ToList() is { Count: > 0 } byAddress ? byAddress : [.. silos.Where(s => s.Name == name)];
        return named.FindAll(s => s.Status is not SiloState.Dead) switch
        {
            [] when named.Count == 0 => (null, new CommandResult { Outcome = CommandOutcome.NotFound, Message = $"There is no silo '{name}'." }),
            [] => (null, CommandResult.Conflict($"Silo '{name}' is dead.")),
            [var silo] => (silo, null),
            var several => (null, CommandResult.Conflict(
                $"{several.Count} living silos are called {name}; say which by its address: {string.Join(", ", several.Select(s => s.Address))}.")),
        };
    }
}
