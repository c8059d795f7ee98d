using System.Diagnostics;
using System.Formats.Tar;
using System.Text;
using OrleansHealing.Backends.Docker;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Backends.Docker;

/// <summary>What a container is told, as files.</summary>
public sealed class DockerNoteFilesTests
{
    private static readonly DockerNote Note = DockerStepsTests.Note(7)! with
    {
        PreviousFailure = new DockerNoteFailure("crashed", "it's $(gone) `now`\n\u001b[31m\"?\"", Given.Now),
        Url = "http://silo:8080",
        Token = "run-7.abc",
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false, ".healing/")]
    [InlineData(true, "")]
    public async Task Pack_Note_ReadsBackAsItIs(bool isInPlace, string folder)
    {
        using var tar = DockerNoteFiles.Pack(Note, isInPlace, Given.Now);

        var files = await FilesAsync(tar);
        Assert.Equal(["env", "incarnation", "order.json"], files.Keys.Select(k => k[folder.Length..]).Order(StringComparer.Ordinal));
        Assert.All(files.Keys, k => Assert.StartsWith(folder, k, StringComparison.Ordinal));
        Assert.Equal("7\n", files[$"{folder}incarnation"]);
        var read = DockerNoteFiles.Unpack(TarOf("order.json", files[$"{folder}order.json"]));
        Assert.Equal(
            (Note with { Labels = read!.Labels }, "a", Note.PreviousFailure!.Message), (read, read.Labels["team"], read.PreviousFailure!.Message));
    }

    /// <summary>Whatever a failure says is no command of the shell that reads it.</summary>
    [Fact]
    public async Task Env_ReadByAShell_IsAsItWasWritten()
    {
        using var tar = DockerNoteFiles.Pack(Note, isInPlace: true, Given.Now);
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, (await FilesAsync(tar))["env"], Token);

        using var shell = Process.Start(new ProcessStartInfo("sh")
        {
            ArgumentList = { "-c", $". {file}; printf '%s|' \"$HEALING_AGENT\" \"$HEALING_INCARNATION\" \"$HEALING_FIRST_INCARNATION\" \"$HEALING_HEARTBEAT_SECONDS\" \"$HEALING_TIMEOUT_SECONDS\" \"$HEALING_STOP_SECONDS\" \"$HEALING_URL\" \"$HEALING_TOKEN\" \"$HEALING_PREVIOUS_FAILURE\"" },
            RedirectStandardOutput = true,
        })!;
        var printed = await shell.StandardOutput.ReadToEndAsync(Token);

        Assert.Equal("worker|7|2|1|5|5|http://silo:8080|run-7.abc|crashed: it's $(gone) `now`??[31m\"?\"|", printed);
        File.Delete(file);
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("{}")]
    [InlineData("""{"agent":"worker","incarnation":"seven"}""")]
    [InlineData("null")]
    public void Unpack_WhatTheProgramMadeOfIt_IsNoNote(string text) => Assert.Null(DockerNoteFiles.Unpack(TarOf("order.json", text)));

    [Fact]
    public async Task Unpack_WhatIsNoFile_IsNoNote()
    {
        using var link = new MemoryStream();
        using (var writer = new TarWriter(link, leaveOpen: true))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "order.json") { LinkName = "/etc/passwd" });
        }

        link.Position = 0;
        Assert.Null(DockerNoteFiles.Unpack(link));
        Assert.Null(DockerNoteFiles.Unpack(new MemoryStream(Encoding.UTF8.GetBytes("no tar at all"))));
        Assert.Null(DockerNoteFiles.Unpack(new MemoryStream()));
        using var cut = await DockerNoteFiles.CopyAsync(TarOf("order.json", new string(' ', 3_000_000)), Token);
        Assert.InRange(cut.Length, 1, 300_000);
        Assert.Null(DockerNoteFiles.Unpack(cut));
    }

    private static MemoryStream TarOf(string name, string text)
    {
        var stream = new MemoryStream();
        using (var writer = new TarWriter(stream, leaveOpen: true))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });
        }

        stream.Position = 0;
        return stream;
    }

    private static async Task<Dictionary<string, string>> FilesAsync(Stream tar)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        using var reader = new TarReader(tar, leaveOpen: true);
        while (await reader.GetNextEntryAsync(copyData: true, Token) is { } entry)
        {
            if (entry.DataStream is { } data)
            {
                files[entry.Name] = await new StreamReader(data).ReadToEndAsync(Token);
            }
        }

        return files;
    }
}
