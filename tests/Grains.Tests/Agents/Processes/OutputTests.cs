using System.Text;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using OrleansHealing.Agents.Processes;

namespace OrleansHealing.Tests.Agents.Processes;

/// <summary>Whatever a process prints, what is kept of it is bounded and harmless.</summary>
public sealed class OutputTests
{
    private static readonly Gen<string> GenText = Gen.OneOf(Gen.Char, Gen.Int[0, 6].Select(i => "\n\u001b\t\u202e\u2028\ud83c\udf89"[i])).Array[0, 600].Select(c => new string(c));

    [Theory]
    [InlineData("plain \t text \r", "plain   text")]
    [InlineData("\u001b[31mred\u001b[0m", "?[31mred?[0m")]
    [InlineData("a\0b\u0085c\u202ed\u200fe\u2028f", "a?b?c?d?e?f")]
    [InlineData("ünïcödé 🎉", "ünïcödé 🎉")]
    public void Clean_Line_LosesWhatCouldActOnATerminal(string line, string clean) => Assert.Equal(clean, OutputText.Clean(line, 100));

    [Theory]
    [InlineData("12345", 5, "12345")]
    [InlineData("123456", 5, "12345…")]
    [InlineData("1234🎉", 5, "1234…")]
    public void Clean_LongLine_IsCutBetweenCharacters(string line, int max, string clean) => Assert.Equal(clean, OutputText.Clean(line, max));

    [Fact]
    public void Add_AnyLines_KeepsTheLastWithinItsSize() => GenText.Array[0, 40].Sample(lines =>
    {
        var tail = new OutputTail();
        foreach (var line in lines)
        {
            tail.Add(line);
        }

        var text = tail.ToString();
        Assert.InRange(text.Length, 0, OutputTail.MaxLength);
        Assert.InRange(text.Split(" | ").Length, 0, OutputTail.MaxLines * 200);
        Assert.DoesNotContain(text, c => char.IsControl(c) || c is '\u202e' or '\u2028');
        if (lines.LastOrDefault(l => OutputText.Clean(l, 400).Length > 0) is { } last)
        {
            Assert.EndsWith(OutputText.Clean(last, 400), text, StringComparison.Ordinal);
        }
    });

    [Fact]
    public void Add_MoreLinesThanAreKept_ForgetsTheOldest()
    {
        var tail = new OutputTail();
        for (var i = 1; i <= 12; i++)
        {
            tail.Add($"line {i}");
        }

        Assert.Equal("line 3 | line 4 | line 5 | line 6 | line 7 | line 8 | line 9 | line 10 | line 11 | line 12", tail.ToString());
    }

    [Fact]
    public Task ReadAsync_AnyBytesInAnyPieces_GivesTheLinesOfTheText() => Gen.Select(GenText, Gen.Int[1, 9].Array[1, 50]).SampleAsync(async (text, pieces) =>
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var expected = Encoding.UTF8.GetString(bytes).Split('\n').ToList();
        if (expected[^1] is "")
        {
            expected.RemoveAt(expected.Count - 1);
        }

        var lines = new List<string>();
        await LineReader.ReadAsync(new Pieces(bytes, pieces), 20, (line, isCut) => lines.Add(isCut ? line + "…" : line), CancellationToken.None);

        Assert.Equal(expected.Select(l => l.Length > 20 ? l[..20] + "…" : l), lines);
    });

    [Fact]
    public void Takes_MoreThanItsLimit_OmitsTheRestOfTheSecond()
    {
        var time = new FakeTimeProvider();
        var limit = new OutputLimit(3, time);

        Assert.Equal([true, true, true, false, false], Enumerable.Range(0, 5).Select(_ => limit.Takes()));
        Assert.Equal((2, 0), (limit.TakeOmitted(), limit.TakeOmitted()));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => limit.Takes()));
        Assert.Equal(1, limit.TakeOmitted());
    }

    /// <summary>Gives a few bytes at a time, as a pipe may.</summary>
    private sealed class Pieces(byte[] bytes, int[] sizes) : MemoryStream(bytes)
    {
        private int _next;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, sizes[_next++ % sizes.Length])], cancellationToken);
    }
}
