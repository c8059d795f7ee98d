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

    /// <summary>The note in a tar of its file; null when that holds none, or what the program in the container made of it.</summary>
    public static async Task<DockerNote?> UnpackAsync(Stream tar, CancellationToken cancellationToken)
    {
        try
        {
            await using var reader = new TarReader(tar, leaveOpen: true);
            return await reader.GetNextEntryAsync(copyData: false, cancellationToken) is { DataStream: { } data, Length: <= MaxLength }
                ? await JsonSerializer.DeserializeAsync(data, DockerNoteJson.Default.DockerNote, cancellationToken)
                : null;
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
