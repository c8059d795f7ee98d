using System.Globalization;
using System.Text.Json;

namespace OrleansHealing.Benchmarks;

/// <summary>One figure of a benchmark; of which store, or of which contender.</summary>
internal sealed record Figure(string Store, string Name, double Value, string Unit, string? Goal = null);

/// <summary>Prints figures as a table, and writes them as JSON.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Web)
    {
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    public static async Task<int> RunAsync(string[] stores, string? file, Func<string, Task<IReadOnlyList<Figure>>> benchmark)
    {
        var figures = new List<Figure>();
        foreach (var store in stores)
        {
            figures.AddRange(await benchmark(store));
        }

        Console.WriteLine($"{Environment.ProcessorCount} cores, .NET {Environment.Version}, load {Load()}");
        Console.WriteLine($"{"of",-17}{"figure",-66}{"value",12}  unit  goal");
        foreach (var figure in figures)
        {
            var value = figure.Value.ToString("0.###", CultureInfo.InvariantCulture);
            Console.WriteLine($"{figure.Store,-17}{figure.Name,-66}{value,12}  {figure.Unit,-4}  {figure.Goal}");
        }

        if (file is not null)
        {
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(figures, Json));
        }

        return 0;
    }

    /// <summary>The value below which a share of the samples lies (nearest rank); not a number when there are none.</summary>
    public static double Percentile(IEnumerable<double> samples, double share)
    {
        var sorted = samples.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }

    private static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "?";
}
