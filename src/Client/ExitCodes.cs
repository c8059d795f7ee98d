namespace OrleansHealing.Client;

/// <summary>What a script can tell from how the console ended. Of several ids the highest code wins.</summary>
internal static class ExitCodes
{
    public const int Ok = 0;
    public const int Error = 1;
    public const int Usage = 2;
    public const int Unreachable = 4;
    public const int NotFound = 5;
    public const int TimedOut = 7;

    /// <summary>Ended by Ctrl+C, as shells report it.</summary>
    public const int Interrupted = 130;
}
