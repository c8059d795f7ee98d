namespace OrleansHealing.Agents.Processes;

/// <summary>The last lines of an output, within a fixed size. Safe to use from any thread.</summary>
internal sealed class OutputTail
{
    /// <summary>How many lines are kept.</summary>
    public const int MaxLines = 10;

    /// <summary>How much is kept of all lines together, characters: a failure's message takes 2,000.</summary>
    public const int MaxLength = 1500;

    private const int MaxLineLength = 400;
    private const string Between = " | ";
    private readonly Lock _lock = new();
    private readonly Queue<string> _lines = new();
    private int _length;

    /// <summary>Takes a line that was cleaned; an empty one says nothing and is left out.</summary>
    public void Add(string line)
    {
        var kept = OutputText.Clean(line, MaxLineLength);
        if (kept.Length is 0)
        {
            return;
        }

        lock (_lock)
        {
            _lines.Enqueue(kept);
            _length += kept.Length + Between.Length;
            while (_lines.Count > MaxLines || _length > MaxLength)
            {
                _length -= _lines.Dequeue().Length + Between.Length;
            }
        }
    }

    /// <summary>The lines, oldest first, in one.</summary>
    public override string ToString()
    {
        lock (_lock)
        {
            return string.Join(Between, _lines);
        }
    }
}
