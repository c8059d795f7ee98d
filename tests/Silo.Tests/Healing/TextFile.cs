using System.Security.Cryptography;
using System.Text;

namespace OrleansHealing.Silo.Healing;

/// <summary>A text with known totals, counted apart from the agent that is to count it.</summary>
internal sealed record TextFile(string Path, long Lines, long Words, long Bytes, string Sha256)
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

    /// <summary>That what an agent counted so far is what one clean pass had counted at the same byte.</summary>
    public void AssertCountedSoFar(AgentSeen agent)
    {
        var bytes = File.ReadAllBytes(Path).AsSpan(0, (int)agent.Progress.GetProperty("bytes").GetInt64());
        var words = Encoding.ASCII.GetString(bytes).Split((char[])[' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries).Length;
        Assert.Equal(
            (agent.Id, bytes.Count((byte)'\n'), words, Convert.ToHexStringLower(SHA256.HashData(bytes))),
            (agent.Id, agent.Progress.GetProperty("lines").GetInt32(), agent.Progress.GetProperty("words").GetInt32(), agent.Progress.GetProperty("sha256").GetString()!));
    }

    public void AssertCounted(AgentSeen agent)
    {
        Assert.Equal("completed", agent.Status);
        Assert.Equal(
            (Lines, Words, Bytes, Sha256),
            (agent.Progress.GetProperty("lines").GetInt64(), agent.Progress.GetProperty("words").GetInt64(),
                agent.Progress.GetProperty("bytes").GetInt64(), agent.Progress.GetProperty("sha256").GetString()!));
    }
}
