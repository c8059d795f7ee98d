using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace OrleansHealing.Hosting;

/// <summary>
/// Where the embedded store of this machine listens, as its process wrote it beside its data. The file is readable by its
/// owner alone, since it holds the password.
/// </summary>
/// <param name="Port">The loopback port.</param>
/// <param name="Password">What a client must say.</param>
/// <param name="Pid">The store's process.</param>
public sealed record EmbeddedStoreEndpoint(int Port, string Password, int Pid)
{
    /// <summary>The file's name in the store's directory.</summary>
    public const string FileName = "endpoint.json";

    /// <summary>The directory of the embedded store when none is configured: one for each user of the machine.</summary>
    public static string DefaultDirectory => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify) is { Length: > 0 } home
            ? home
            : Path.GetTempPath(),
        "orleans-healing",
        "store");

    /// <summary>The StackExchange.Redis configuration that reaches it.</summary>
    public string ConnectionString => $"127.0.0.1:{Port},password={Password}";

    /// <summary>Reads the endpoint that a store process left in <paramref name="directory"/>. It may have ended since.</summary>
    public static bool TryRead(string directory, [NotNullWhen(true)] out EmbeddedStoreEndpoint? endpoint)
    {
        try
        {
            endpoint = JsonSerializer.Deserialize<EmbeddedStoreEndpoint>(
                File.ReadAllText(Path.Combine(directory, FileName)),
                JsonSerializerOptions.Web);
            return endpoint is not null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            // Not there, not ours, or half written: there is no endpoint to use now, and the caller may ask again.
            endpoint = null;
            return false;
        }
    }

    /// <summary>Writes the file whole or not at all, readable by its owner alone.</summary>
    public void Write(string directory)
    {
        var path = Path.Combine(directory, FileName);
        var draft = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(draft, options))
        {
            JsonSerializer.Serialize(stream, this, JsonSerializerOptions.Web);
        }

        File.Move(draft, path, overwrite: true);
    }

    /// <summary>Without the password.</summary>
    public override string ToString() => $"127.0.0.1:{Port} (process {Pid})";
}
