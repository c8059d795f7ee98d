using OrleansHealing.Fleet;

namespace OrleansHealing.Client.Connection;

/// <summary>The ways in which no cluster answers, each with what to do about it.</summary>
internal static class Unreachable
{
    private const string Start = "Start one: dotnet run --project src/Silo -- --silos 3 --demo";

    public static VerbFailure NoStore(string directory) =>
        new(ExitCodes.Unreachable, $"No cluster was started on this machine (no embedded store in {directory}).\n{Start}   or name a store: --redis HOST:PORT");

    public static VerbFailure StoreDown(StoreAddress store, Exception cause) => store.IsEmbedded
        ? new(ExitCodes.Unreachable, $"The embedded store at {store} does not answer; it ended after its last silo.\n{Start}", cause)
        : new(
            ExitCodes.Unreachable,
            (IsRefusal(cause)
                ? $"Redis at {store} refuses the password (or wants one): give it as ',password=…'."
                : $"Redis at {store} does not answer: is it running, and is the address right?")
            + "\nLook at --redis or ConnectionStrings__redis.",
            cause);

    public static VerbFailure NoSilo(StoreAddress store, string clusterId, TimeSpan waited, Exception? cause) => new(
        ExitCodes.Unreachable,
        $"The store at {store} answers, but no silo of cluster '{clusterId}' did within {waited.TotalSeconds:0.#} s.\n{Start}",
        cause);

    public static VerbFailure NotHealing(string clusterId, Exception cause) => new(
        ExitCodes.Unreachable,
        $"The silos of cluster '{clusterId}' do not run OrleansHealing.\nLook at --cluster-id and --redis, or add AddHealing(...) to the silos.",
        cause);

    public static VerbFailure Lost(TimeSpan tried, Exception cause) => new(
        ExitCodes.Unreachable,
        cause is StoreUnavailableException
            ? $"The silos answer, but their store does not; gave up after {tried.TotalSeconds:0} s.\nLook whether it runs: healing doctor"
            : $"The cluster stopped answering; gave up after {tried.TotalSeconds:0} s ({Reason(cause)}).\nLook whether silos are alive: healing doctor",
        cause);

    public static VerbFailure Broken(Exception cause) => new(
        ExitCodes.Unreachable,
        $"The connection to the cluster broke ({Reason(cause)}).\nLook whether silos are alive: healing doctor",
        cause);

    public static VerbFailure Unknown(Exception cause) => new(
        ExitCodes.Unreachable,
        $"No answer came ({Reason(cause)}), so it is not known whether it was done. Look: healing events",
        cause);

    /// <summary>The library has no type for it; these are the words of Redis, and the library's own name of the failure.</summary>
    private static bool IsRefusal(Exception cause) =>
        cause.ToString() is var text && Array.Exists(["NOAUTH", "WRONGPASS", "AuthenticationFailure"], word => text.Contains(word, StringComparison.Ordinal));

    private static string Reason(Exception cause) => cause switch
    {
        TimeoutException => "timed out",
        OperationCanceledException => "a silo stopped",
        StoreUnavailableException => "the store does not answer",
        _ => cause.GetType().Name.Replace("Exception", "", StringComparison.Ordinal),
    };
}
