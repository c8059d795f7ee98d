using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OrleansHealing.Agents.BuiltIn;

/// <summary>
/// SHA-256 (FIPS 180-4) whose state can be taken out and put back. Written here because the hashes of the base class library
/// cannot: an agent that was killed would have to read its file again from the start to go on with one of them.
/// </summary>
internal sealed class ResumableSha256
{
    private const int BlockBytes = 64;
    private const int HeaderBytes = sizeof(ulong) + (8 * sizeof(uint));

    private readonly uint[] _hash =
        [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    private readonly byte[] _pending = new byte[BlockBytes];
    private ulong _length;

    private static ReadOnlySpan<uint> RoundConstants =>
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    private int PendingBytes => (int)(_length % BlockBytes);

    /// <summary>Goes on from what <see cref="Export"/> gave.</summary>
    /// <exception cref="FormatException">It is no such state.</exception>
    public static ResumableSha256 Import(ReadOnlySpan<byte> state)
    {
        var length = state.Length >= HeaderBytes ? BinaryPrimitives.ReadUInt64BigEndian(state) : 0;
        if (state.Length != HeaderBytes + (int)(length % BlockBytes))
        {
            throw new FormatException($"{state.Length} bytes are no SHA-256 state.");
        }

        var hash = new ResumableSha256 { _length = length };
        for (var i = 0; i < hash._hash.Length; i++)
        {
            hash._hash[i] = BinaryPrimitives.ReadUInt32BigEndian(state[(sizeof(ulong) + (i * sizeof(uint)))..]);
        }

        state[HeaderBytes..].CopyTo(hash._pending);
        return hash;
    }

    /// <summary>The state: length (8 bytes) and hash (32), big-endian, and the bytes that fill no block yet (0 to 63).</summary>
    public byte[] Export()
    {
        var state = new byte[HeaderBytes + PendingBytes];
        BinaryPrimitives.WriteUInt64BigEndian(state, _length);
        WriteHash(state.AsSpan(sizeof(ulong)));
        _pending.AsSpan(0, PendingBytes).CopyTo(state.AsSpan(HeaderBytes));
        return state;
    }

    /// <summary>Takes in more bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        var pending = PendingBytes;
        _length += (ulong)bytes.Length;
        if (pending > 0)
        {
            var taken = Math.Min(BlockBytes - pending, bytes.Length);
            bytes[..taken].CopyTo(_pending.AsSpan(pending));
            bytes = bytes[taken..];
            if (pending + taken < BlockBytes)
            {
                return;
            }

            Compress(_pending);
        }

        var whole = bytes.Length - (bytes.Length % BlockBytes);
        Compress(bytes[..whole]);
        bytes[whole..].CopyTo(_pending);
    }

    /// <summary>The hash of the bytes so far, in lower-case hex as <c>sha256sum</c> prints it. More bytes may follow.</summary>
    public string ToHex()
    {
        // The padding ends a copy, so that this one can go on.
        var copy = Import(Export());
        Span<byte> padding = stackalloc byte[2 * BlockBytes];
        padding.Clear();
        padding[0] = 0x80;
        var zeros = (BlockBytes + 55 - copy.PendingBytes) % BlockBytes;
        BinaryPrimitives.WriteUInt64BigEndian(padding[(1 + zeros)..], _length * 8);
        copy.Append(padding[..(1 + zeros + sizeof(ulong))]);
        Span<byte> hash = stackalloc byte[8 * sizeof(uint)];
        copy.WriteHash(hash);
        return Convert.ToHexStringLower(hash);
    }

    private void WriteHash(Span<byte> target)
    {
        for (var i = 0; i < _hash.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(target[(i * sizeof(uint))..], _hash[i]);
        }
    }

    private void Compress(ReadOnlySpan<byte> blocks)
    {
        Span<uint> schedule = stackalloc uint[BlockBytes];
        for (; blocks.Length >= BlockBytes; blocks = blocks[BlockBytes..])
        {
            var words = MemoryMarshal.Cast<byte, uint>(blocks[..BlockBytes]);
            if (BitConverter.IsLittleEndian)
            {
                BinaryPrimitives.ReverseEndianness(words, schedule);
            }
            else
            {
                words.CopyTo(schedule);
            }

            for (var t = 16; t < schedule.Length; t++)
            {
                var (w15, w2) = (schedule[t - 15], schedule[t - 2]);
                schedule[t] = schedule[t - 16] + schedule[t - 7]
                    + (BitOperations.RotateRight(w15, 7) ^ BitOperations.RotateRight(w15, 18) ^ (w15 >> 3))
                    + (BitOperations.RotateRight(w2, 17) ^ BitOperations.RotateRight(w2, 19) ^ (w2 >> 10));
            }

            Mix(_hash, schedule);
        }
    }

    private static void Mix(Span<uint> hash, ReadOnlySpan<uint> schedule)
    {
        var (a, b, c, d, e, f, g, h) = (hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], hash[6], hash[7]);
        var constants = RoundConstants;
        for (var t = 0; t + 7 < schedule.Length && t + 7 < constants.Length; t += 8)
        {
            // Eight rounds at a time bring every variable back to its place, so none of them is ever moved.
            Round(a, b, c, ref d, e, f, g, ref h, constants[t] + schedule[t]);
            Round(h, a, b, ref c, d, e, f, ref g, constants[t + 1] + schedule[t + 1]);
            Round(g, h, a, ref b, c, d, e, ref f, constants[t + 2] + schedule[t + 2]);
            Round(f, g, h, ref a, b, c, d, ref e, constants[t + 3] + schedule[t + 3]);
            Round(e, f, g, ref h, a, b, c, ref d, constants[t + 4] + schedule[t + 4]);
            Round(d, e, f, ref g, h, a, b, ref c, constants[t + 5] + schedule[t + 5]);
            Round(c, d, e, ref f, g, h, a, ref b, constants[t + 6] + schedule[t + 6]);
            Round(b, c, d, ref e, f, g, h, ref a, constants[t + 7] + schedule[t + 7]);
        }

        (hash[0], hash[1], hash[2], hash[3]) = (hash[0] + a, hash[1] + b, hash[2] + c, hash[3] + d);
        (hash[4], hash[5], hash[6], hash[7]) = (hash[4] + e, hash[5] + f, hash[6] + g, hash[7] + h);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(uint a, uint b, uint c, ref uint d, uint e, uint f, uint g, ref uint h, uint input)
    {
        var t = h + input + ((e & f) ^ (~e & g))
            + (BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25));
        d += t;
        h = t + ((a & b) ^ (a & c) ^ (b & c))
            + (BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22));
    }
}
