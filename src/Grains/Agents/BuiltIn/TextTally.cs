using System.Numerics;
using System.Runtime.Intrinsics;

namespace OrleansHealing.Agents.BuiltIn;

/// <summary>
/// What <c>wc</c> and <c>sha256sum</c> say of the bytes so far: newlines, words between the white space of the C locale, bytes,
/// and their SHA-256. How the bytes were cut into pieces makes no difference.
/// </summary>
internal sealed class TextTally
{
    private readonly ResumableSha256 _sha256;
    private bool _inWord;

    public TextTally() => _sha256 = new ResumableSha256();

    /// <summary>Goes on from a checkpoint.</summary>
    /// <exception cref="CheckpointException">The checkpoint holds no hash that can be gone on with, or a number below zero.</exception>
    public TextTally(DataProcessingCheckpoint checkpoint)
    {
        if (checkpoint is not { Lines: >= 0, Words: >= 0, Bytes: >= 0 })
        {
            throw new CheckpointException("The checkpoint holds a count below zero.");
        }

        try
        {
            _sha256 = ResumableSha256.Import(checkpoint.Sha256State);
        }
        catch (FormatException e)
        {
            throw new CheckpointException("The checkpoint's hash state cannot be read.", e);
        }

        (Lines, Words, Bytes, _inWord) = (checkpoint.Lines, checkpoint.Words, checkpoint.Bytes, checkpoint.InWord);
    }

    public long Lines { get; private set; }

    public long Words { get; private set; }

    /// <summary>How many bytes were taken, so also the offset of the next one.</summary>
    public long Bytes { get; private set; }

    /// <summary>Takes <paramref name="bytes"/> up to and with their newline number <paramref name="maxLines"/>; says how many bytes that were.</summary>
    public int Take(ReadOnlySpan<byte> bytes, int maxLines)
    {
        var (lines, words, inWord, taken) = (0, 0, _inWord, 0);
        while (taken < bytes.Length && lines < maxLines)
        {
            if (Vector256.IsHardwareAccelerated && bytes.Length - taken >= Vector256<byte>.Count)
            {
                var (spaces, newlines) = Classify(Vector256.Create(bytes[taken..]));
                var more = BitOperations.PopCount(newlines);
                if (lines + more < maxLines)
                {
                    // A word starts where a byte is no space and the one before it, or the edge, was.
                    words += BitOperations.PopCount(~spaces & ((spaces << 1) | (inWord ? 0u : 1u)));
                    lines += more;
                    inWord = (int)spaces >= 0;
                    taken += Vector256<byte>.Count;
                    continue;
                }
            }

            // The end of the bytes, or of the last line asked for, is within a vector: one at a time.
            do
            {
                var value = bytes[taken++];
                var isSpace = value == ' ' || (uint)(value - '\t') <= '\r' - '\t';
                words += !isSpace && !inWord ? 1 : 0;
                lines += value == '\n' ? 1 : 0;
                inWord = !isSpace;
            }
            while (taken < bytes.Length && lines < maxLines);
        }

        _sha256.Append(bytes[..taken]);
        Lines += lines;
        Words += words;
        Bytes += taken;
        _inWord = inWord;
        return taken;
    }

    public DataProcessingCheckpoint ToCheckpoint() => new()
    {
        Bytes = Bytes,
        Lines = Lines,
        Words = Words,
        InWord = _inWord,
        Sha256State = _sha256.Export(),
    };

    public DataProcessingProgress ToProgress() => new(Lines, Words, Bytes, _sha256.ToHex());

    private static (uint Spaces, uint Newlines) Classify(Vector256<byte> bytes)
    {
        var controls = Vector256.LessThanOrEqual(bytes - Vector256.Create((byte)'\t'), Vector256.Create((byte)('\r' - '\t')));
        var spaces = controls | Vector256.Equals(bytes, Vector256.Create((byte)' '));
        return (spaces.ExtractMostSignificantBits(), Vector256.Equals(bytes, Vector256.Create((byte)'\n')).ExtractMostSignificantBits());
    }
}
