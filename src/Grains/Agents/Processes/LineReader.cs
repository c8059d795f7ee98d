using System.Text;

namespace OrleansHealing.Agents.Processes;

/// <summary>Reads lines that somebody else writes, however long they are, in a fixed size of memory.</summary>
internal static class LineReader
{
    private const int BufferBytes = 4096;

    /// <summary>Gives each line to <paramref name="take"/> until the stream ends. Bytes that are no UTF-8 come as U+FFFD.</summary>
    /// <param name="stream">What is read.</param>
    /// <param name="maxLength">Characters of a line that are kept; of a longer one <paramref name="take"/> gets the beginning, and true.</param>
    /// <param name="take">Takes a line without its end, and whether it is only the beginning of one.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task ReadAsync(Stream stream, int maxLength, Action<string, bool> take, CancellationToken cancellationToken)
    {
        var decoder = Encoding.UTF8.GetDecoder();
        var bytes = new byte[BufferBytes];
        var chars = new char[Encoding.UTF8.GetMaxCharCount(BufferBytes)];
        var line = new StringBuilder();
        var isCut = false;
        int read;
        while ((read = await stream.ReadAsync(bytes, cancellationToken)) > 0)
        {
            Take(chars.AsSpan(0, decoder.GetChars(bytes, 0, read, chars, 0)));
        }

        if (line.Length > 0)
        {
            End();
        }

        void Take(ReadOnlySpan<char> text)
        {
            while (text.IndexOf('\n') is >= 0 and var end)
            {
                Append(text[..end]);
                End();
                text = text[(end + 1)..];
            }

            Append(text);
        }

        void Append(ReadOnlySpan<char> part)
        {
            var room = maxLength - line.Length;
            isCut |= part.Length > room;
            line.Append(part[..Math.Min(part.Length, room)]);
        }

        void End()
        {
            take(line.ToString(), isCut);
            line.Clear();
            isCut = false;
        }
    }
}
