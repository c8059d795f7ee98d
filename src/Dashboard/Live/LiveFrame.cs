using System.Text;
using System.Text.Json;
using OrleansHealing.Fleet;
using OrleansHealing.Serialization;

namespace OrleansHealing.Dashboard.Live;

/// <summary>A server-sent event of the live stream, as it goes over the wire; the same bytes for every viewer.</summary>
/// <param name="Sequence">Its number in its epoch.</param>
/// <param name="Bytes">The event.</param>
internal sealed record LiveFrame(long Sequence, byte[] Bytes)
{
    /// <summary>The whole fleet, or what changed of it since the frame before.</summary>
    public static LiveFrame Of(string epoch, long sequence, bool isSnapshot, FleetChange change)
    {
        var head = Encoding.UTF8.GetBytes($"id: {epoch}-{sequence}\nevent: {(isSnapshot ? "snapshot" : "delta")}\ndata: ");
        var body = JsonSerializer.SerializeToUtf8Bytes(change, HealingJson.Default.FleetChange);
        return new LiveFrame(sequence, [.. head, .. body, .. "\n\n"u8]);
    }

    /// <summary>The cluster cannot be read; what was shown is getting old. Has no id, since nothing can be resumed from it.</summary>
    public static LiveFrame Stale(string why) => new(
        0, [.. "event: stale\ndata: "u8, .. JsonSerializer.SerializeToUtf8Bytes(why), .. "\n\n"u8]);
}
