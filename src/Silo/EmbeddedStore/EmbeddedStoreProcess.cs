using System.Diagnostics;
using System.Globalization;
using OrleansHealing.Hosting;
using OrleansHealing.Silo.Launching;

namespace OrleansHealing.Silo.EmbeddedStore;

/// <summary>
/// The store process seen from a silo: found when it runs, started when it does not. It belongs to nobody: it outlives
/// whoever started it, since killing silos is what people do here.
/// </summary>
internal sealed class EmbeddedStoreProcess(TimeProvider time, ChildCommand? executable = null)
{
    /// <summary>The hidden verb that makes this program the store.</summary>
    public const string Verb = "embedded-store";

    private const int LogLinesShown = 10;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ProbePause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan StartAgainAfter = TimeSpan.FromSeconds(1);

    private readonly ChildCommand _executable = executable ?? SiloExecutable.Command;

    /// <summary>
    /// Returns where the store of <paramref name="directory"/> listens, after it answered. Safe to be called by any number
    /// of processes at once: one store comes of it. A running store keeps its own linger time.
    /// </summary>
    /// <exception cref="EmbeddedStoreException">It ended, did not answer within 60 seconds, or can have no such directory.</exception>
    public async Task<EmbeddedStoreEndpoint> EnsureStartedAsync(string directory, TimeSpan linger, CancellationToken cancellation)
    {
        var files = new StoreDirectory(Path.GetFullPath(directory));
        var since = time.GetTimestamp();
        long? startedAt = null;
        Process? process = null;
        try
        {
            while (true)
            {
                // One that was started in vain is waited for: it would become a store should the other die in this moment.
                if (EmbeddedStoreEndpoint.TryRead(files.Root, out var endpoint)
                    && (process is null || process.HasExited || process.Id == endpoint.Pid)
                    && await StoreProbe.AnswersAsync(endpoint, time, cancellation))
                {
                    return endpoint;
                }

                if (process is { HasExited: true, ExitCode: not 0 })
                {
                    throw Failure(files, $"ended with exit code {process.ExitCode}");
                }

                if (time.GetElapsedTime(since) > StartLimit)
                {
                    throw Failure(files, $"did not answer within {StartLimit.TotalSeconds:0} s");
                }

                // One that ended with 0 found another holding the lock; should that one have died since, it is our turn again.
                if (startedAt is null || (process!.HasExited && time.GetElapsedTime(startedAt.Value) > StartAgainAfter))
                {
                    process?.Dispose();
                    process = Start(files, linger);
                    startedAt = time.GetTimestamp();
                }

                await Task.Delay(ProbePause, time, cancellation);
            }
        }
        finally
        {
            process?.Dispose();
        }
    }

    private Process Start(StoreDirectory files, TimeSpan linger)
    {
        try
        {
            files.Create();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EmbeddedStoreException($"'{files.Root}' must be a directory that this user may make and write to ({e.Message}): choose another with --store-directory.");
        }

        var info = _executable.With(
        [
            Verb,
            "--directory", files.Root,
            "--linger-seconds", linger.TotalSeconds.ToString(CultureInfo.InvariantCulture),
        ]).ToStartInfo();

        // Not where the silo was started, so that the store holds no directory of the user's.
        info.WorkingDirectory = files.Root;
        info.Environment["DOTNET_TieredPGO"] = "0";

        var process = Process.Start(info)
            ?? throw new EmbeddedStoreException($"'{info.FileName}' could not be started as the embedded store.");

        // Pipes of its own, with nobody at the other end: with the silo's streams, "silo | cat" would wait for the store.
        process.StandardInput.Close();
        process.StandardOutput.Close();
        process.StandardError.Close();
        return process;
    }

    private static EmbeddedStoreException Failure(StoreDirectory files, string what)
    {
        var lines = BoundedFileLogger.LastLines(files.Log, LogLinesShown);
        var said = lines.Count is 0 ? $"{files.Log} is empty" : $"{files.Log} ends with:{Environment.NewLine}{string.Join(Environment.NewLine, lines)}";
        return new EmbeddedStoreException(
            $"The embedded store in {files.Root} {what}. Set {HealingDefaults.RedisConnectionKey} to use a Redis of your own. {said}");
    }
}
