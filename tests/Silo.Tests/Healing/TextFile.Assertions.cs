using System.Security.Cryptography;
using System.Text;

namespace OrleansHealing.Silo.Healing;

internal sealed partial record TextFile
{
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
