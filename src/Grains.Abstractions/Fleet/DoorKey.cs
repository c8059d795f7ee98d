using System.Security.Cryptography;

namespace OrleansHealing.Fleet;

/// <summary>What the doors of this process are called. Its pid would not do: in containers every process is number 1.</summary>
internal static class DoorKey
{
    public static long Value { get; } = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long))) & long.MaxValue;
}
