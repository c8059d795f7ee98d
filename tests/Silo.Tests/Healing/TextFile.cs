using System.Security.Cryptography;
using System.Text;

namespace OrleansHealing.Silo.Healing;

/// <summary>A text with known totals, counted apart from the agent that is to count it.</summary>
internal sealed partial record TextFile(string Path, long Lines, long Words, long Bytes, string Sha256)
{
    private static readonly string[] Vocabulary = ["grain", "silo", "beat", "fence", "promise", "incarnation", "checkpoint", "backoff"];

    /// <summary>Writes one of at least <paramref name="bytes"/> bytes; the same for the same seed.</summary>
    public static TextFile Create(string directory, long bytes, int seed)
    {
        var path = System.IO.Path.Combine(directory, $"text-{seed}-{bytes}.txt");
        var random = new Random(seed);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var stream = File.Create(path);
        long lines = 0, words = 0, written = 0;
        var line = new StringBuilder();
        while (written < bytes)
        {
            line.Clear();
            var count = random.Next(0, 14);
            for (var i = 0; i < count; i++)
            {
                line.Append(Vocabulary[random.Next(Vocabulary.Length)]).Append(i % 5 == 4 ? "\t" : " ");
            }

            var text = Encoding.ASCII.GetBytes(line.Append('\n').ToString());
            stream.Write(text);
            hash.AppendData(text);
            written += text.Length;
            words += count;
            lines++;
        }

        return new TextFile(path, lines, words, written, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
