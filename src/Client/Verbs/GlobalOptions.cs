using System.CommandLine;
using OrleansHealing.Client.Connection;
using OrleansHealing.Client.Output;

namespace OrleansHealing.Client.Verbs;

/// <summary>The options that every verb takes.</summary>
internal static class GlobalOptions
{
    public static readonly Option<OutputFormat> Format = VerbOptions.Word<OutputFormat>("--output", "-o", "How to print: table, json or name.");

    private static readonly Option<string?> Redis = new("--redis")
    {
        Description = "The cluster's Redis. Else ConnectionStrings__redis, else the embedded store of this machine.",
        HelpName = "CONNECTION",
    };

    private static readonly Option<string?> StoreDirectory = new("--store-directory")
    {
        Description = "The directory of the embedded store.",
        HelpName = "DIR",
    };

    private static readonly Option<string?> ClusterId = new("--cluster-id") { Description = "The Orleans cluster id.", HelpName = "ID" };

    private static readonly Option<string?> ServiceId = new("--service-id") { Description = "The Orleans service id.", HelpName = "ID" };

    private static readonly Option<bool> Debug = new("--debug") { Description = "Show stack traces and the log of Orleans on stderr." };

    private static readonly Option<double?> ConnectTimeout = CreateConnectTimeout();

    public static void AddTo(RootCommand root)
    {
        foreach (var option in (Option[])[Format, Redis, StoreDirectory, ClusterId, ServiceId, ConnectTimeout, Debug])
        {
            option.Recursive = true;
            root.Add(option);
        }
    }

    public static bool IsDebug(ParseResult arguments) => arguments.GetValue(Debug);

    public static ConnectionSettings ToSettings(ParseResult arguments) => new()
    {
        Redis = arguments.GetValue(Redis),
        StoreDirectory = arguments.GetValue(StoreDirectory),
        ClusterId = arguments.GetValue(ClusterId),
        ServiceId = arguments.GetValue(ServiceId),
        Timeout = TimeSpan.FromSeconds(arguments.GetValue(ConnectTimeout) ?? 10),
        Debug = arguments.GetValue(Debug),
    };

    private static Option<double?> CreateConnectTimeout()
    {
        const string Name = "--connect-timeout";
        var option = VerbOptions.Seconds(Name, "How long to try to connect (10).");
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count is 1 && VerbOptions.TryNumber(result.Tokens[0].Value, out var seconds) && seconds is not (> 0 and <= 3600))
            {
                result.AddError($"{Name} must be over 0 and at most 3600 seconds (it is {seconds})");
            }
        });
        return option;
    }
}
