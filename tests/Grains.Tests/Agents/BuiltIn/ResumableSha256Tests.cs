using System.Security.Cryptography;
using System.Text;
using CsCheck;
using OrleansHealing.Agents.BuiltIn;

namespace OrleansHealing.Tests.Agents.BuiltIn;

public sealed class ResumableSha256Tests
{
    private static readonly Gen<(byte[] Bytes, int[] Cuts)> GenSplit =
        Gen.Byte.Array[0, 600].SelectMany(bytes => Gen.Int[0, bytes.Length].Array[0, 8].Select(cuts => (bytes, Sorted(cuts))));

    [Theory]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData(
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    public void ToHex_VectorsOfTheStandard_AreMet(string text, string expected)
    {
        var hash = new ResumableSha256();

        hash.Append(Encoding.ASCII.GetBytes(text));

        Assert.Equal(expected, hash.ToHex());
    }

    [Fact]
    public void ToHex_AnyLengthAroundABlock_IsThatOfTheFramework()
    {
        for (var length = 0; length <= 200; length++)
        {
            var bytes = Enumerable.Range(0, length).Select(i => (byte)(i * 7)).ToArray();
            var hash = new ResumableSha256();

            hash.Append(bytes);

            Assert.Equal(Framework(bytes), hash.ToHex());
        }
    }

    [Fact]
    public void Append_AnySplit_IsThatOfTheFramework() => GenSplit.Sample(split =>
    {
        var hash = new ResumableSha256();
        foreach (var piece in Pieces(split))
        {
            hash.Append(piece);
        }

        return hash.ToHex() == Framework(split.Bytes);
    });

    [Fact]
    public void Import_AtAnyPoint_GoesOnAsIfNeverStopped() => GenSplit.Sample(split =>
    {
        var hash = new ResumableSha256();
        foreach (var piece in Pieces(split))
        {
            hash.Append(piece);
            hash = ResumableSha256.Import(hash.Export());
        }

        return hash.ToHex() == Framework(split.Bytes);
    });

    [Fact]
    public void ToHex_Midway_ChangesNothing() => GenSplit.Sample(split =>
    {
        var hash = new ResumableSha256();
        var seen = 0;
        foreach (var piece in Pieces(split))
        {
            hash.Append(piece);
            seen += piece.Length;
            Assert.Equal(Framework(split.Bytes.AsSpan(0, seen)), hash.ToHex());
        }
    });

    [Fact]
    public void Import_BytesOfAnotherLength_Throws()
    {
        var hash = new ResumableSha256();
        hash.Append("some bytes"u8);
        var state = hash.Export();

        Assert.Throws<FormatException>(() => ResumableSha256.Import([]));
        Assert.Throws<FormatException>(() => ResumableSha256.Import(state.AsSpan(1)));
        Assert.Throws<FormatException>(() => ResumableSha256.Import([.. state, 0]));
    }

    private static string Framework(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static int[] Sorted(int[] cuts) => [.. cuts.Order()];

    private static IEnumerable<byte[]> Pieces((byte[] Bytes, int[] Cuts) split)
    {
        var start = 0;
        foreach (var end in split.Cuts.Append(split.Bytes.Length))
        {
            yield return split.Bytes[start..end];
            start = end;
        }
    }
}
