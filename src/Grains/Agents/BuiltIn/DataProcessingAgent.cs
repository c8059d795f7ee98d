using Microsoft.Win32.SafeHandles;
using OrleansHealing.Supervision;

namespace OrleansHealing.Agents.BuiltIn;

/// <summary>
/// Reads a text file once, line by line, and reports its lines, words, bytes and SHA-256 as <c>wc</c> (of words: in ASCII text) and
/// <c>sha256sum</c> would. However often it crashes or is moved on the way, the totals are those of one clean pass: each incarnation goes on
/// from the last checkpoint.
/// </summary>
/// <remarks>
/// Settings: <c>path</c>, <c>linesPerSecond</c>, <c>checkpointEvery</c>, <c>crashAfterHeartbeats</c>, <c>crashProbability</c>.
/// The file must be the same on every silo and may grow, not shrink, while it is read. A word is a run of bytes that are no
/// white space of the C locale, so text in UTF-8 is counted by its ASCII white space; <c>wc</c> itself counts what is not ASCII differently
/// from locale to locale.
/// </remarks>
public sealed partial class DataProcessingAgent : IWorkerAgent
{
    /// <summary>The name that it is registered by.</summary>
    public const string Kind = "data-processing";

    private const int BufferBytes = 128 * 1024;

    // The clock and the cancellation are looked at once in so many lines: about every 0.1 ms at full speed.
    private const int LinesBetweenLooks = 256;

    /// <summary>Declares the settings, and the policy of the kind: completed when the file is read, stuck after 10 s without progress.</summary>
    public static void Configure(AgentKindOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        foreach (var setting in DataProcessingSettings.Declared)
        {
            options.Settings.Add(setting);
        }

        options.Policy = options.Policy with { Restart = RestartPolicy.Transient, ProgressTimeoutSeconds = 10 };
    }

    /// <summary>Reads the file from the last checkpoint to its end. The last progress that it beats holds the totals.</summary>
    /// <exception cref="FatalAgentException">The file is missing, cannot be opened, or is shorter than what was read of it already.</exception>
    /// <exception cref="IOException">The file cannot be read just now.</exception>
    public async Task RunAsync(AgentContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var settings = DataProcessingSettings.Read(context.Settings);
        using var file = Open(settings.Path);
        var checkpoint = await context.Checkpoints.LoadAsync<DataProcessingCheckpoint>(cancellationToken);
        var tally = checkpoint is null ? new TextTally() : new TextTally(checkpoint);
        CheckLength(file, settings.Path, tally);

        var pulse = new DataProcessingPulse(context, settings, tally);
        try
        {
            await ReadAsync(context, settings, file, tally, pulse, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await SaveLastAsync(context, tally);
            throw;
        }

        CheckLength(file, settings.Path, tally);
        pulse.Show();
        await context.Checkpoints.SaveAsync(tally.ToCheckpoint(), cancellationToken);
    }

    private static async Task ReadAsync(
        AgentContext context,
        DataProcessingSettings settings,
        SafeFileHandle file,
        TextTally tally,
        DataProcessingPulse pulse,
        CancellationToken cancellationToken)
    {
        var pacer = new LinePacer(settings.LinesPerSecond, context.TimeProvider);
        var buffer = new byte[BufferBytes];
        var nextCheckpoint = tally.Lines + settings.CheckpointEvery;
        pulse.Show();
        int read;
        while ((read = await RandomAccess.ReadAsync(file, buffer, tally.Bytes, cancellationToken)) > 0)
        {
            for (var start = 0; start < read;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var due = pacer.Due((int)Math.Min(LinesBetweenLooks, nextCheckpoint - tally.Lines));
                if (due > 0)
                {
                    var lines = tally.Lines;
                    start += tally.Take(buffer.AsSpan(start, read - start), due);
                    pacer.Take(tally.Lines - lines);
                }

                if (tally.Lines >= nextCheckpoint)
                {
                    await context.Checkpoints.SaveAsync(tally.ToCheckpoint(), cancellationToken);
                    nextCheckpoint = tally.Lines + settings.CheckpointEvery;
                }

                pulse.BeatIfDue();
                if (due == 0)
                {
                    await Task.Delay(pacer.Wait(pulse.UntilNext), context.TimeProvider, cancellationToken);
                }
            }
        }
    }

    private static SafeFileHandle Open(string path)
    {
        try
        {
            return File.OpenHandle(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous | FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException or ArgumentException)
        {
            throw new FatalAgentException($"The file '{path}' cannot be opened: {e.Message}", e);
        }
    }

    private static void CheckLength(SafeFileHandle file, string path, TextTally tally)
    {
        var length = RandomAccess.GetLength(file);
        if (length < tally.Bytes)
        {
            throw new FatalAgentException(
                $"The file '{path}' has {length} bytes, but {tally.Bytes} of it were read already; it was changed, so no totals of it can be right.");
        }
    }

    private static async Task SaveLastAsync(AgentContext context, TextTally tally)
    {
        // Nobody waits for longer than the grace: by then this body counts as abandoned.
        using var grace = new CancellationTokenSource(context.Policy.StopGrace, context.TimeProvider);
        try
        {
            await context.Checkpoints.SaveAsync(tally.ToCheckpoint(), grace.Token);
        }
        catch (Exception e)
        {
            // Fenced, slow or out of reach: the checkpoint before this one is as good, only further back.
            LogLastCheckpointNotSaved(context.Logger, e.Message);
        }
    }
}
