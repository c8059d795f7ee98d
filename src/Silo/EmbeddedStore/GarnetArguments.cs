using System.Globalization;

namespace OrleansHealing.Silo.EmbeddedStore;

/// <summary>The settings of Garnet, in its own words, each with the reason for its value. They never leave the process.</summary>
internal static class GarnetArguments
{
    public static string[] For(StoreDirectory directory, int port, string password) =>
    [
        "--bind", "127.0.0.1",
        "--port", port.ToString(CultureInfo.InvariantCulture),
        "--auth", "Password",
        "--password", password,

        // Garnet isolates a Lua script from other clients only when told to. It still logs each write of a script by itself:
        // kill -9 in the middle of one leaves its first writes (seen with 2.2.8; LuaRunner writes no transaction markers),
        // while MULTI is all or nothing.
        "--lua", "true",
        "--lua-transaction-mode", "true",

        // Durable: a write is with the file system before it is acknowledged, so kill -9 loses nothing (the machine's own
        // death may). Without the wait up to a round of acknowledged writes was seen lost under load; with it a lone write
        // takes 0.3 ms instead of 0.1, and batches are as fast as before. The default device needs libaio, which laptops lack.
        "--aof", "true",
        "--aof-commit-freq", "0",
        "--aof-commit-wait", "true",
        "--device-type", "RandomAccess",
        "--recover", "true",

        // Rather no store than an empty one: agents would start again from nothing under numbers that were granted before.
        "--fail-on-recovery-error", "true",

        // Bounded on disk: past the limit a checkpoint is taken and the log before it cut off, a segment at a time.
        "--aof-size-limit", "64m",
        "--aof-size-limit-enforce-frequency", "5",
        "--aof-segment-size", "16m",
        "--checkpointdir", directory.Checkpoints,
        "--storage-tier", "true",
        "--logdir", directory.Spill,
        "--segment", "64m",
        "--object-log-segment", "64m",
        "--compaction-type", "Lookup",

        // Small to start with; pages are taken as they fill. The limit of the memory is out of reach on purpose: at the
        // limit Garnet 2.2.8 writes objects out while they are being changed, and ends the process
        // ("OnPagesMarkedReadOnlyWorker failed", seen at 8m).
        "--memory", "64g",
        "--page", "1m",
        "--index", "4m",
        "--aof-memory", "16m",
        "--aof-page-size", "4m",

        "-q", "true",
    ];
}
