using System.Diagnostics;
using System.Formats.Tar;
using System.Text;
using Docker.DotNet;
using Docker.DotNet.Models;
using OrleansHealing.Tests.Backends.Docker;

[assembly: AssemblyFixture(typeof(RealDocker))]

namespace OrleansHealing.Tests.Backends.Docker;

/// <summary>
/// A dockerd of the tests' own, in a directory of its own: no bridge, no rule of a firewall, no network but the host's. It has one image, which
/// is a shell. Started by the first who asks, ended after the last.
/// </summary>
public sealed class RealDocker : IAsyncDisposable
{
    private const string Image = "healing/shell:1";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly string? Dockerd = Find("dockerd");
    private static readonly string? Shell = new[] { "/bin/busybox", "/usr/bin/busybox" }.FirstOrDefault(IsStatic);

    private readonly SemaphoreSlim _once = new(1);
    private readonly StringBuilder _said = new();
    private string _root = "";
    private Process? _process;
    private DockerClient? _client;

    /// <summary>Why it cannot run here; null when it can.</summary>
    public static string? Missing => Dockerd is null || Shell is null || !Environment.IsPrivilegedProcess
        ? "A Docker of the tests' own needs root, dockerd and a busybox that is linked statically: apt-get install docker.io busybox-static."
        : null;

    public Uri Endpoint => new($"unix://{_root}/docker.sock");

    public DockerClient Client => _client ?? throw new InvalidOperationException("It was not started.");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts it, unless it runs. Skips the test where it cannot run.</summary>
    public async Task StartAsync()
    {
        Assert.SkipWhen(Missing is not null, Missing ?? "");
        await _once.WaitAsync(Token);
        try
        {
            if (_client is null)
            {
                await RunAsync();
                await ImportAsync();
            }
        }
        finally
        {
            _once.Release();
        }
    }

    /// <summary>Makes a container that runs a script of the shell.</summary>
    /// <param name="agent">The agent that it may be; null for no label.</param>
    /// <param name="name">Its name.</param>
    /// <param name="script">What runs in it.</param>
    /// <param name="change">Changes what it is made of.</param>
    public async Task CreateAsync(string? agent, string name, string script, Action<CreateContainerParameters>? change = null)
    {
        var parameters = new CreateContainerParameters
        {
            Image = Image,
            Name = name,
            Cmd = ["sh", "-c", script],
            Labels = agent is null ? [] : new Dictionary<string, string> { ["healing.agent"] = agent },
            HostConfig = new HostConfig { NetworkMode = "host" },
        };
        change?.Invoke(parameters);
        await Client.Containers.CreateContainerAsync(parameters, Token);
    }

    public Task<ContainerInspectResponse> InspectAsync(string name) => Client.Containers.InspectContainerAsync(name, Token);

    public Task KillAsync(string name) => Client.Containers.KillContainerAsync(name, new ContainerKillParameters { Signal = "KILL" }, Token);

    /// <summary>As <c>docker rm -f</c>, again where a supervisor starts it just between its end and its removal.</summary>
    public async Task RemoveAsync(string name)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await Client.Containers.RemoveContainerAsync(name, new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, CancellationToken.None);
                return;
            }
            catch (DockerApiException e) when (e is DockerContainerNotFoundException || watch.Elapsed < Patience)
            {
                if (e is DockerContainerNotFoundException)
                {
                    return;
                }

                await Task.Delay(20, CancellationToken.None);
            }
        }
    }

    /// <summary>Removes the containers whose names begin so.</summary>
    public async Task RemoveAllAsync(string prefix)
    {
        foreach (var container in await Client.Containers.ListContainersAsync(new ContainersListParameters { All = true }, CancellationToken.None))
        {
            if (container.Names.Any(n => n.StartsWith($"/{prefix}", StringComparison.Ordinal)))
            {
                await RemoveAsync(container.ID);
            }
        }
    }

    /// <summary>Writes a file into a container.</summary>
    public async Task PutAsync(string container, string directory, string name, string text)
    {
        using var tar = new MemoryStream();
        await using (var writer = new TarWriter(tar, TarEntryFormat.Ustar, leaveOpen: true))
        {
            using var data = new MemoryStream(Encoding.UTF8.GetBytes(text));
            await writer.WriteEntryAsync(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = data }, Token);
        }

        tar.Position = 0;
        await Client.Containers.ExtractArchiveToContainerAsync(container, new CopyToContainerParameters { Path = directory }, tar, Token);
    }

    /// <summary>A file of a container; null when it is not there.</summary>
    public async Task<string?> ReadAsync(string container, string path)
    {
        try
        {
            var archive = await Client.Containers.GetArchiveFromContainerAsync(container, new ContainerPathStatParameters { Path = path }, statOnly: false, Token);
            await using var stream = archive.Stream!;
            await using var reader = new TarReader(stream);
            using var text = new StreamReader((await reader.GetNextEntryAsync(copyData: true, Token))!.DataStream!);
            return await text.ReadToEndAsync(Token);
        }
        catch (DockerContainerNotFoundException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            try
            {
                await EndAsync(_process);
            }
            finally
            {
                _client?.Dispose();
                _process.Dispose();
            }
        }

        _once.Dispose();
    }

    private async Task RunAsync()
    {
        _root = Directory.CreateTempSubdirectory("healing-docker-").FullName;
        _process = Process.Start(new ProcessStartInfo(Dockerd!)
        {
            ArgumentList =
            {
                "--data-root", $"{_root}/data", "--exec-root", $"{_root}/exec", "--pidfile", $"{_root}/pid", "-H", Endpoint.ToString(), "--storage-driver", "vfs",
                "--bridge", "none", "--iptables=false", "--ip6tables=false", "--ip-forward=false", "--ip-masq=false", "--log-level", "warn",
            },
            RedirectStandardError = true,
        }) ?? throw new InvalidOperationException("dockerd did not start.");
        _process.ErrorDataReceived += (_, line) => _said.AppendLine(line.Data);
        _process.BeginErrorReadLine();
        var client = new DockerClientBuilder().WithEndpoint(Endpoint).Build();
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await client.System.PingAsync(Token);
                _client = client;
                return;
            }
            catch (Exception e) when (e is HttpRequestException or DockerApiException)
            {
                Assert.True(watch.Elapsed < Patience && !_process.HasExited, $"Awaited that dockerd answers at {Endpoint}; seen: {e.Message}, ended: {_process.HasExited}, said: {_said}");
                await Task.Delay(20, Token);
            }
        }
    }

    private async Task ImportAsync()
    {
        using var tar = new MemoryStream();
        await using (var writer = new TarWriter(tar, TarEntryFormat.Ustar, leaveOpen: true))
        {
            await using var busybox = File.OpenRead(Shell!);

            // Made by itself it would be closed to any user but root.
            await writer.WriteEntryAsync(new UstarTarEntry(TarEntryType.Directory, "bin/") { Mode = (UnixFileMode)0b111_101_101 }, Token);
            await writer.WriteEntryAsync(
                new UstarTarEntry(TarEntryType.RegularFile, "bin/busybox") { Mode = (UnixFileMode)0b111_101_101, DataStream = busybox }, Token);
            foreach (var applet in new[] { "sh", "cat", "cp", "dd", "head", "mkdir", "nc", "sed", "sleep", "tail", "wget" })
            {
                await writer.WriteEntryAsync(new UstarTarEntry(TarEntryType.SymbolicLink, $"bin/{applet}") { LinkName = "busybox" }, Token);
            }
        }

        tar.Position = 0;
        var name = Image.Split(':');
        await Client.Images.CreateImageAsync(
            new ImagesCreateParameters { FromSrc = "-", Repo = name[0], Tag = name[1] }, tar, null, new Progress<JSONMessage>(), Token);
    }

    /// <summary>All containers first: they would live on without it.</summary>
    private async Task EndAsync(Process process)
    {
        if (_client is not null)
        {
            foreach (var container in await _client.Containers.ListContainersAsync(new ContainersListParameters { All = true }))
            {
                await RemoveAsync(container.ID);
            }
        }

        if (!process.HasExited)
        {
            using var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]);
            await kill.WaitForExitAsync(CancellationToken.None);
        }

        try
        {
            await process.WaitForExitAsync(CancellationToken.None).WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"dockerd was told to end {Patience.TotalSeconds} s ago, and said: {_said}");
        }

        // Of a container on the host's network it leaves that network's mount behind.
        foreach (var mount in File.ReadLines("/proc/mounts").Select(l => l.Split(' ')[1]).Where(m => m.StartsWith(_root, StringComparison.Ordinal)).Reverse().ToList())
        {
            using var unmount = Process.Start("umount", [mount]);
            await unmount.WaitForExitAsync(CancellationToken.None);
        }

        Directory.Delete(_root, recursive: true);
    }

    private static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Append("/usr/sbin").Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>What needs a loader names it, and cannot run where there is nothing else.</summary>
    private static bool IsStatic(string program) => File.Exists(program) && !Encoding.Latin1.GetString(File.ReadAllBytes(program)).Contains("/ld-linux", StringComparison.Ordinal);
}
