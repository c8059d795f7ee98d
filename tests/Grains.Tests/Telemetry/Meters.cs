using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using OrleansHealing.Telemetry;

namespace OrleansHealing.Tests.Telemetry;

/// <summary>The instruments, and whatever is measured with them: by name and tags, as in <c>healing.agents{status=healthy}</c>.</summary>
internal sealed class Meters : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, List<double>> _measured = new();
    private readonly List<Instrument> _instruments = [];

    public Meters(TimeProvider? time = null)
    {
        var factory = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Other tests of this process have meters of the same name.
            if (instrument.Meter.Name == HealingMetrics.MeterName && ReferenceEquals(instrument.Meter.Scope, factory))
            {
                _instruments.Add(instrument);
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Take(instrument, value, tags));
        _listener.Start();
        Metrics = new HealingMetrics(factory, time);
    }

    public HealingMetrics Metrics { get; }

    public IReadOnlyList<Instrument> Instruments => _instruments;

    /// <summary>What was measured of a series so far; none when it is not there.</summary>
    public IReadOnlyList<double> Of(string series) => _measured.TryGetValue(series, out var values) ? values : [];

    /// <summary>What an observed instrument shows now.</summary>
    public IReadOnlyDictionary<string, double> Observe(string instrument)
    {
        _measured.Clear();
        _listener.RecordObservableInstruments();
        return _measured.Where(m => m.Key.StartsWith(instrument + "{", StringComparison.Ordinal)).ToDictionary(m => m.Key[instrument.Length..], m => m.Value.Single());
    }

    public void Dispose()
    {
        _listener.Dispose();
        Metrics.Dispose();
        _services.Dispose();
    }

    private void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var words = new List<string>();
        foreach (var (name, of) in tags)
        {
            words.Add($"{name}={of}");
        }

        _measured.GetOrAdd(words.Count == 0 ? instrument.Name : $"{instrument.Name}{{{string.Join(',', words)}}}", _ => []).Add(value);
    }
}
