using System.Globalization;

namespace OrleansHealing.Silo.Launching;

/// <summary>One silo to start.</summary>
internal sealed record PlannedSilo(string Name, ChildCommand Command);

/// <summary>What a launcher starts: the pure part of it.</summary>
internal static class LaunchPlan
{
    /// <summary>The silos <c>silo-1</c> to <c>silo-N</c>, each with the arguments of the launcher that concern it.</summary>
    public static IReadOnlyList<PlannedSilo> For(SiloCommand options, ChildCommand executable) =>
    [
        .. Enumerable.Range(1, options.Silos).Select(number =>
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"silo-{number}");
            return new PlannedSilo(name, executable.With(ArgumentsOf(options, number, name)));
        }),
    ];

    private static IEnumerable<string> ArgumentsOf(SiloCommand options, int number, string name)
    {
        yield return "--silo-name";
        yield return name;
        yield return "--with-parent";

        // There is one fleet, and any of the silos may be killed: whichever are left keep it at work.
        if (options.Demo)
        {
            yield return "--demo";
        }

        if (options.Urls is not null)
        {
            yield return "--urls";
            yield return string.Join(';', options.Urls.Split(';').Select(url => Shift(url, number - 1)));
        }

        if (options.StoreDirectory is not null)
        {
            yield return "--store-directory";
            yield return options.StoreDirectory;
        }

        foreach (var argument in options.Configuration)
        {
            yield return argument;
        }
    }

    /// <summary>Silos on one machine cannot share a port: the first has the one that was asked for, the next the one after.</summary>
    private static string Shift(string url, int by)
    {
        var address = BindingAddress.Parse(url);
        return by is 0 || address.Port is 0
            ? url
            : string.Create(CultureInfo.InvariantCulture, $"{address.Scheme}://{address.Host}:{address.Port + by}{address.PathBase}");
    }
}
