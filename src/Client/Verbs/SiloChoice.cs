using System.Globalization;
using OrleansHealing.Fleet;

namespace OrleansHealing.Client.Verbs;

/// <summary>Which silo somebody means by a name, an address or a process id.</summary>
internal static class SiloChoice
{
    /// <summary>The one living silo that is meant.</summary>
    /// <exception cref="VerbFailure">There is none (5), or not just one that lives (1).</exception>
    public static SiloView Of(IReadOnlyList<SiloView> silos, string name, string verb, string nothing)
    {
        var named = silos.Where(s => s.Name == name).ToList();
        if (named.Count is 0)
        {
            named = [.. silos.Where(s => s.Address == name || s.Pid.ToString(CultureInfo.InvariantCulture) == name)];
        }

        if (named.Count is 0)
        {
            var near = Near.Of(name, silos.Select(s => s.Name));
            throw new VerbFailure(
                ExitCodes.NotFound,
                $"There is no silo '{name}'.{(near.Count > 0 ? $" Did you mean {string.Join(" or ", near)}?" : " See: healing silos")}");
        }

        return named.FindAll(s => s.Status is not SiloState.Dead) switch
        {
            [] => throw new VerbFailure(ExitCodes.Error, $"{name} is dead already."),
            [var one] => one,
            var several => throw new VerbFailure(
                ExitCodes.Error,
                $"{several.Count} living silos are called {name}; {nothing}. Say which, by its address or process id:\n"
                + string.Join('\n', several.Select(s => $"  healing {verb} {s.Address}   (process {s.Pid} on {s.Machine})"))),
        };
    }
}
