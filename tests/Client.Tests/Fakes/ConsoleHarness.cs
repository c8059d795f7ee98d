using System.CommandLine;
using OrleansHealing.Alerts;
using OrleansHealing.Client.Connection;
using OrleansHealing.Client.Output;
using OrleansHealing.Client.Verbs;
using OrleansHealing.Fleet;
using Spectre.Console;

namespace OrleansHealing.Client.Tests.Fakes;

/// <summary>A console on a fake fleet, at a fixed moment, with streams that can be read afterwards.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "String writers hold nothing.")]
internal sealed class ConsoleHarness : IFleetConnector, IProcessTable
{
    private readonly StringWriter _out = new() { NewLine = "\n" };
    private readonly StringWriter _error = new() { NewLine = "\n" };

    public FakeFleet Fleet { get; init; } = new();

    public FakeAlerts Alerts { get; init; } = new();

    /// <summary>What the person types.</summary>
    public string Input { get; init; } = "";

    /// <summary>Whether somebody sits there.</summary>
    public bool IsInteractive { get; init; }

    /// <summary>The width of the screen; null: output is piped.</summary>
    public int? ScreenWidth { get; init; }

    /// <summary>Thrown by an attempt to connect.</summary>
    public Exception? ConnectFailure { get; init; }

    public ConnectionSettings? Asked { get; private set; }

    public Dictionary<int, ProcessFacts> Processes { get; } = [];

    public List<int> Killed { get; } = [];

    public string Out => _out.ToString();

    public string Error => _error.ToString();

    string IProcessTable.Machine => "box";

    public Task<int> RunAsync(params string[] args) => RunAsync(TestContext.Current.CancellationToken, args);

    /// <summary>Runs the console until <paramref name="interrupt"/>, which is the person's Ctrl+C.</summary>
    public async Task<int> RunAsync(CancellationToken interrupt, params string[] args)
    {
        var output = new ConsoleOutput
        {
            Out = _out,
            Error = _error,
            In = new StringReader(Input),
            CanAsk = IsInteractive,
            Screen = ScreenWidth is { } width ? Screen(width) : null,
        };
        return await new HealingConsole(this, output, this, new TestTime()).RunAsync(args, interrupt);
    }

    /// <summary>The verbs and options that there are.</summary>
    public RootCommand Describe() =>
        new HealingConsole(this, new ConsoleOutput { Out = _out, Error = _error, In = TextReader.Null }, this, new TestTime()).Describe();

    public Task<IFleetConnection> ConnectAsync(ConnectionSettings settings, CancellationToken cancellationToken)
    {
        Asked = settings;
        return ConnectFailure is null ? Task.FromResult<IFleetConnection>(new FakeConnection(Fleet, Alerts)) : throw ConnectFailure;
    }

    ProcessFacts? IProcessTable.Find(int pid) => Processes.GetValueOrDefault(pid);

    bool IProcessTable.Kill(int pid, ProcessFacts expected)
    {
        Killed.Add(pid);
        return true;
    }

    private IAnsiConsole Screen(int width)
    {
        var screen = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(_out),
        });
        screen.Profile.Width = width;
        return screen;
    }
}

/// <summary>A connection that is always there.</summary>
internal sealed class FakeConnection(IFleetGrain fleet, IAlertGrain? alerts = null) : IFleetConnection
{
    public IFleetGrain Fleet => fleet;

    public IAlertGrain Alerts => alerts ?? throw new NotSupportedException("There are no alerts here.");

    public string Description => "127.0.0.1:6379";

    public TimeSpan ClockOffset => TimeSpan.Zero;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>A calendar that stands still, in UTC, with timers that run.</summary>
internal sealed class TestTime : TimeProvider
{
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => Samples.Now;
}
