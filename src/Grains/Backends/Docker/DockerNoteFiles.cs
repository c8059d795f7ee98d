using System.Formats.Tar;
using System.Globalization;
using System.Text;
using System.Text.Json;
using OrleansHealing.Agents.Processes;

namespace OrleansHealing.Backends.Docker;

/// <summary>The note as files: one that is read back, and two that a shell can read. Pure but for the streams.</summary>
internal static class DockerNoteFiles
{
    /// <summary>The directory in the container.</summary>
    public const string Directory = "/.healing";

    /// <summary>The file that is read back.</summary>
    public const string OrderPath = $"{Directory}/order.json";

    private const string OrderName = "order.json";
    private const long MaxLength = 256 * 1024;
    private const int MaxFailureLength = 2000;
    private const UnixFileMode DirectoryMode = (UnixFileMode)0b111_101_101;
    private const UnixFileMode FileMode = (UnixFileMode)0b110_100_100;

    /// <summary>A tar of the files.</summary>
    /// <param name="note">What they say.</param>
    /// <param name="isInPlace">Whether it is unpacked in the directory itself; otherwise at the root, where it makes the directory.</param>
    /// <param name="now">The time of the files.</param>
    public static MemoryStream Pack(DockerNote note, bool isInPlace, DateTimeOffset now)
    {
        var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, TarEntryFormat.Ustar, leaveOpen: true))
        {
            var folder = isInPlace ? "" : $"{Directory[1..]}/";
            if (!isInPlace)
            {
                writer.WriteEntry(new UstarTarEntry(TarEntryType.Directory, folder) { Mode = DirectoryMode, ModificationTime = now });
            }

            Add(OrderName, JsonSerializer.Serialize(note, DockerNoteJson.Default.DockerNote));
            Add("incarnation", note.Incarnation.ToString(CultureInfo.InvariantCulture));
            Add("env", string.Join('\n', Variables(note).Select(v => $"{v.Name}={Quote(v.Value)}")));

            void Add(string name, string text)
            {
                using var content = new MemoryStream(Encoding.UTF8.GetBytes($"{text}\n"));
                writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, folder + name) { Mode = FileMode, ModificationTime = now, DataStream = content });
            }
        }

        stream.Position = 0;
        return stream;
    }

    /// <summary>As much of a tar of the note's file as a note can be.</summary>
    public static async Task<MemoryStream> CopyAsync(Stream tar, CancellationToken cancellationToken)
    {
        var copy = new MemoryStream();
        var buffer = new byte[8192];
        while (copy.Length < MaxLength && await tar.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            copy.Write(buffer, 0, read);
        }

        copy.Position = 0;
        return copy;
    }

    /// <summary>The note in such a tar; null when it holds none, or what the program in the container made of it.</summary>
    public static DockerNote? Unpack(Stream tar)
    {
        try
        {
            using var reader = new TarReader(tar, leaveOpen: true);
            return reader.GetNextEntry() is { DataStream: { } data } ? JsonSerializer.Deserialize(data, DockerNoteJson.Default.DockerNote) : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidDataException or EndOfStreamException)
        {
            return null;
        }
    }

    /// <summary>As a process of an agent finds them in its environment.</summary>
    private static IEnumerable<(string Name, string Value)> Variables(DockerNote note)
    {
        yield return ("HEALING_AGENT", note.Agent);
        yield return ("HEALING_INCARNATION", note.Incarnation.ToString(CultureInfo.InvariantCulture));
        yield return ("HEALING_FIRST_INCARNATION", note.FirstIncarnation.ToString(CultureInfo.InvariantCulture));
        yield return ("HEALING_STOP_SECONDS", note.StopSeconds.ToString(CultureInfo.InvariantCulture));
        yield return ("HEALING_HEARTBEAT_SECONDS", note.HeartbeatSeconds.ToString(CultureInfo.InvariantCulture));
        yield return ("HEALING_TIMEOUT_SECONDS", note.TimeoutSeconds.ToString(CultureInfo.InvariantCulture));

        if (note.Url is { } url)
        {
            yield return ("HEALING_URL", url);
        }

        if (note.Token is { } token)
        {
            yield return ("HEALING_TOKEN", token);
        }

        if (note.PreviousFailure is { } failure)
        {
            yield return ("HEALING_PREVIOUS_FAILURE", OutputText.Clean($"{failure.Reason}: {failure.Message}", MaxFailureLength));
        }
    }

    private static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
