using Microsoft.Extensions.Options;
using OrleansHealing.Hosting;
using OrleansHealing.Serialization;

namespace OrleansHealing.Agents.Processes;

/// <summary>
/// Runs a program on its silo, in any language. The program ends when its incarnation ends, when it is fenced, and when the silo
/// dies, with all that it started. It is told in its environment how to beat and where its checkpoints are.
/// </summary>
/// <remarks>
/// Linux only: it needs <c>sh</c>, <c>setsid</c>, <c>mktemp</c>, <c>mkfifo</c>, <c>grep</c> and <c>/proc</c>. It ends well with 0; with 78 (EX_CONFIG)
/// no restart can help, and any other end is a crash. Stopped, it gets SIGTERM, four fifths of the stop grace, and SIGKILL.
/// </remarks>
public sealed class ProcessAgent(IOptions<ProcessAgentOptions> options, SiloAddressOfPages pages, IRunTokens? tokens = null) : IWorkerAgent, IRemoteBody
{
    /// <summary>The name that it is registered by.</summary>
    public const string Kind = "process";

    private const int WrongLinesPerSecond = 1;
    private readonly TaskCompletionSource _leave = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ChildBeats? _beats;

    /// <summary>Declares the settings.</summary>
    public static void Configure(AgentKindOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        foreach (var setting in ProcessSettings.Declared)
        {
            options.Settings.Add(setting);
        }

        options.Check = ProcessSettings.Check;
        options.IsRemote = true;
    }

    /// <summary>Runs the program to its end.</summary>
    /// <exception cref="FatalAgentException">It cannot be run here, or says by 78 that no restart can help.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public async Task RunAsync(AgentContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        try
        {
            await RunToItsEndAsync(context, cancellationToken);
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    /// <inheritdoc/>
    void IRemoteBody.Beat(JsonText? progress, TimeSpan? expectedSilence) => _beats?.Take(progress, expectedSilence);

    /// <inheritdoc/>
    Task IRemoteBody.LeaveAsync()
    {
        _leave.TrySetResult();
        return _ended.Task;
    }

    private async Task RunToItsEndAsync(AgentContext context, CancellationToken cancellationToken)
    {
        var settings = ProcessSettings.Read(context.Settings);
        var environment = EnvironmentOf(context, settings);
        var directory = settings.WorkingDirectory ?? Environment.CurrentDirectory;
        var command = Resolve(settings, environment, directory);

        using var beats = new ChildBeats(context);
        var tail = new OutputTail();
        await using var child = await ChildProcess.StartAsync([command, .. settings.Arguments], settings, environment, directory, context.TimeProvider);
        _beats = beats;
        using var endOfReading = new CancellationTokenSource();
        var reading = ReadAsync(context, child, beats, tail, endOfReading.Token);
        try
        {
            if (await EndOrOrderAsync(child, cancellationToken) is not { } status)
            {
                await child.StopAsync(StopGrace.OfProcess(context.Policy.StopGrace));
                _ended.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, context.TimeProvider, cancellationToken);
                return;
            }

            // What it started goes with it; then all that was said is there to be read.
            await child.KillAsync();
            await child.DrainAsync(reading);
            Judge(status, settings, tail);
        }
        finally
        {
            _beats = null;
            await endOfReading.CancelAsync();
        }
    }

    /// <summary>The status of the process, or null when it has to be stopped.</summary>
    private async Task<int?> EndOrOrderAsync(ChildProcess child, CancellationToken cancellationToken)
    {
        using var noMore = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var status = child.WaitAsync(noMore.Token);
        var ordered = await Task.WhenAny(status, _leave.Task) == _leave.Task;
        await noMore.CancelAsync();
        return ordered || (status.IsCanceled && cancellationToken.IsCancellationRequested) ? null : await status;
    }

    private static void Judge(int status, ProcessSettings settings, OutputTail tail)
    {
        if (status is 0)
        {
            return;
        }

        var said = tail.ToString();
        var message = $"The process {ExitStatus.Describe(status, settings.CpuSeconds)}{(said.Length > 0 ? $"; it last said on stderr: {said}" : "; it said nothing on stderr")}";
        throw status is ExitStatus.WrongConfiguration
            ? new FatalAgentException($"{message} (78 is EX_CONFIG: no restart helps)")
            : new ProcessFailedException(message);
    }

    private static string Resolve(ProcessSettings settings, Dictionary<string, string> environment, string directory)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new FatalAgentException("Agents that are processes need Linux: nothing here could end them with their silo.");
        }

        if (!Directory.Exists(directory))
        {
            throw new FatalAgentException($"The working directory '{directory}' is not there.");
        }

        var path = environment.GetValueOrDefault("PATH");
        return Executables.Find(settings.Command, path, directory)
            ?? throw new FatalAgentException($"The command '{settings.Command}' is no program that may be run (looked up in {(settings.Command.Contains('/', StringComparison.Ordinal) ? directory : $"PATH={path}")}).");
    }

    private async Task ReadAsync(AgentContext context, ChildProcess child, ChildBeats beats, OutputTail tail, CancellationToken cancellationToken)
    {
        var log = new OutputLog(context.Logger, context.Id, new OutputLimit(options.Value.LogLinesPerSecond, context.TimeProvider));
        var complaints = new OutputLimit(WrongLinesPerSecond, context.TimeProvider);
        try
        {
            await Task.WhenAll(
                LineReader.ReadAsync(child.Out, OutputLog.MaxLineLength, (line, _) => log.Out(OutputText.Clean(line, OutputLog.MaxLineLength)), cancellationToken),
                LineReader.ReadAsync(child.Error, OutputLog.MaxLineLength, TakeError, cancellationToken),
                child.Pipe.ReadAsync(context, beats, complaints, cancellationToken));
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested && e is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // Somebody who escaped holds them open; what he says is nobody's.
        }

        log.SayOmitted();

        void TakeError(string line, bool isCut)
        {
            tail.Add(line);
            log.Error(OutputText.Clean(line, OutputLog.MaxLineLength));
        }
    }

    private Dictionary<string, string> EnvironmentOf(AgentContext context, ProcessSettings settings)
    {
        var environment = ProcessEnvironment.Create(context, settings, options.Value.InheritedVariables, Environment.GetEnvironmentVariable);
        if (pages.Url is { } url)
        {
            environment["HEALING_URL"] = url;
            if (tokens?.Create(context.Id, context.Incarnation) is { } token)
            {
                environment["HEALING_TOKEN"] = token;
            }
        }

        return environment;
    }
}
