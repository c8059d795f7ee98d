using System.Diagnostics.Metrics;
using System.Reflection;
using OrleansHealing.Telemetry;
using OrleansHealing.Tests.Telemetry;

namespace OrleansHealing.Docs;

/// <summary>docs/TELEMETRY.md has every instrument and every span, and no other.</summary>
public sealed class TelemetryTests
{
    [Fact]
    public void Table_OfInstruments_IsWhatThereIs()
    {
        using var meters = new Meters();

        Assert.Equal(
            meters.Instruments.Select(i => (i.Name, Prometheus(i), Kind(i), i.Unit)).Order(),
            TelemetryDocs.Instruments.Select(r => (r.Name, r.Prometheus, r.Kind, (string?)r.Unit)).Order());
    }

    [Fact]
    public void Table_OfSpans_IsWhatThereIs() => Assert.Equal(
        typeof(HealingTracing).GetFields(BindingFlags.Static | BindingFlags.NonPublic).Where(f => f.IsLiteral).Select(f => (string)f.GetValue(null)!).Order(StringComparer.Ordinal),
        TelemetryDocs.Names("span").Order(StringComparer.Ordinal));

    /// <summary>As the exporter writes it: the unit where it is one of measure, and what kind of sum it is.</summary>
    private static string Prometheus(Instrument instrument) =>
        instrument.Name.Replace('.', '_') + (instrument.Unit is "s" ? "_seconds" : "") + (Kind(instrument) is "counter" ? "_total" : "");

    private static string Kind(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        "Counter" => "counter",
        "UpDownCounter" => "sum",
        "Histogram" => "histogram",
        "ObservableGauge" => "gauge",
        var other => other,
    };
}
