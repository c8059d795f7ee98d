using System.CommandLine;
using OrleansHealing.Client.Connection;
using OrleansHealing.Client.Output;

namespace OrleansHealing.Client.Verbs;

/// <summary>What a verb runs with.</summary>
internal sealed class VerbContext(ParseResult arguments, IFleetConnector connector, ConsoleOutput output, IProcessTable processes, TimeProvider time)
{
    public ParseResult Arguments => arguments;

    public ConsoleOutput Output => output;

    public IProcessTable Processes => processes;

    public TimeProvider Time => time;

    public OutputFormat Format { get; } = arguments.GetValue(GlobalOptions.Format);

    private ConnectionSettings Settings { get; } = GlobalOptions.ToSettings(arguments);

    /// <summary>Who gives the order, for the action log.</summary>
    public static string Actor => $"{Environment.UserName}@{Environment.MachineName}";

    /// <summary>Connects; verbs that can find a mistake before do it before.</summary>
    public async Task<FleetSession> ConnectAsync(CancellationToken cancellationToken) =>
        new(await connector.ConnectAsync(Settings, cancellationToken), time);
}
