using System.Diagnostics;
using System.Globalization;

namespace OrleansHealing.Benchmarks;

/// <summary>redis-benchmark, the tool of Redis's own, as the measure of what a server can take at most.</summary>
internal static class RedisBenchmark
{
    private const int Pipeline = 64;
    private const int Clients = 8;

    /// <summary>Sends a command again and again, 64 at a time over eight connections.</summary>
    /// <param name="store">Whom it is sent to.</param>
    /// <param name="requests">How often.</param>
    /// <param name="keys">Each <c>__rand_int__</c> in the command is a number below this, of twelve digits.</param>
    /// <param name="command">The command with its arguments.</param>
    /// <returns>Commands a second.</returns>
    public static async Task<double> RunAsync(StoreProcess store, int requests, int keys, params string[] command)
    {
        string[] password = store.Password is { } given ? ["-a", given] : [];
        using var process = Process.Start(new ProcessStartInfo(
            "redis-benchmark", ["-p", $"{store.Port}", .. password, "-P", $"{Pipeline}", "-c", $"{Clients}", "-n", $"{requests}", "-r", $"{keys}", "--csv", .. command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();

        // "name","rps","avg",... as the last line; a server's refusal goes to the other stream.
        var fields = (await output).Trim().Split('\n')[^1].Split("\",\"");
        return fields.Length > 1 && double.TryParse(fields[1].Trim('"'), CultureInfo.InvariantCulture, out var rate)
            ? rate
            : throw new InvalidOperationException($"redis-benchmark said: {await output} {await errors}");
    }
}
