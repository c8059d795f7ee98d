using System.Diagnostics.CodeAnalysis;

namespace OrleansHealing.Hosting;

/// <summary>Addresses of silos as the store has them. Whatever can write to the store may have put something else there.</summary>
internal static class SiloAddresses
{
    /// <summary>Takes <paramref name="text"/> as an address that Orleans wrote parsably, or says no.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out SiloAddress? address)
    {
        try
        {
            address = SiloAddress.FromParsableString(text);
            return true;
        }
        catch (Exception e) when (e is FormatException or ArgumentException or OverflowException or IndexOutOfRangeException)
        {
            // Orleans has no other way to say no, and says it as its parts do: the address, the port, the generation.
            address = null;
            return false;
        }
    }
}
