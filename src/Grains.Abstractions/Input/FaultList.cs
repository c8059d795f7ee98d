using OrleansHealing.Fleet;

namespace OrleansHealing.Input;

/// <summary>The faults of one input, in the order of its text; as many as a person would read.</summary>
internal sealed class FaultList
{
    private const int Max = 50;
    private readonly List<Fault> _faults = [];

    public IReadOnlyList<Fault> Items => _faults;

    public void Add(string property, string rule)
    {
        if (_faults.Count < Max)
        {
            _faults.Add(new Fault(property, rule));
        }
        else if (_faults.Count == Max)
        {
            _faults.Add(new Fault(Shape.Root, $"has more faults than these {Max}"));
        }
    }

    public void AddRange(IEnumerable<Fault> faults)
    {
        foreach (var fault in faults)
        {
            Add(fault.Property, fault.Rule);
        }
    }

    /// <summary>Whether something at or below <paramref name="path"/> is at fault.</summary>
    public bool HasAt(string path) =>
        _faults.Any(f => f.Property == path || f.Property.StartsWith(path + ".", StringComparison.Ordinal) || f.Property.StartsWith(path + "[", StringComparison.Ordinal));
}
