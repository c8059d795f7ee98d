using CsCheck;
using OrleansHealing.Agents.BuiltIn;

namespace OrleansHealing.Tests.Agents.BuiltIn;

public sealed class TextTallyTests
{
    private static readonly Gen<byte[]> GenText =
        Gen.OneOf(Gen.Int[0, 7].Select(i => (byte)" \n\t\v\f\ra\u00c3"[i]), Gen.Byte).Array[0, 400];

    [Fact]
    public void Take_AnyPiecesOfAnyText_CountsAsOnePass() =>
        Gen.Select(GenText, Gen.Int[1, 20], Gen.Int[1, 150]).Sample((text, maxLines, pieceBytes) =>
        {
            var tally = new TextTally();
            for (var start = 0; start < text.Length;)
            {
                start += tally.Take(text.AsSpan(start, Math.Min(pieceBytes, text.Length - start)), maxLines);
                tally = new TextTally(tally.ToCheckpoint());
            }

            var (lines, words, bytes, sha256) = tally.ToProgress();
            return Reference.Of(text) == new Reference(lines, words, bytes, sha256);
        });

    [Fact]
    public void Take_MoreLinesThanAskedFor_EndsRightAfterTheLast() =>
        Gen.Select(GenText, Gen.Int[1, 20]).Sample((text, maxLines) =>
        {
            var tally = new TextTally();

            var taken = tally.Take(text, maxLines);

            var newlines = text.Count(b => b == '\n');
            Assert.Equal(Math.Min(newlines, maxLines), tally.Lines);
            Assert.True(newlines >= maxLines ? text[taken - 1] == '\n' : taken == text.Length);
        });
}
