using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace OrleansHealing.Tests.Agents.BuiltIn;

/// <summary>Totals of a text, counted in another way than the agent counts them.</summary>
internal sealed record Reference(long Lines, long Words, long Bytes, string Sha256)
{
    private static readonly char[] CLocaleSpace = [' ', '\t', '\n', '\v', '\f', '\r'];

    public static Reference Of(byte[] bytes) => new(
        bytes.Count(b => b == '\n'),
        Encoding.Latin1.GetString(bytes).Split(CLocaleSpace, StringSplitOptions.RemoveEmptyEntries).Length,
        bytes.Length,
        Convert.ToHexStringLower(SHA256.HashData(bytes)));

    public static Reference Of(JsonElement progress) => new(
        progress.GetProperty("lines").GetInt64(),
        progress.GetProperty("words").GetInt64(),
        progress.GetProperty("bytes").GetInt64(),
        progress.GetProperty("sha256").GetString()!);

    /// <summary>What <c>wc</c> and <c>sha256sum</c> say; null where one of them is not installed.</summary>
    public static Reference? OfTools(string path)
    {
        if (Run("wc", path) is not { } wc || Run("sha256sum", path) is not { } sum)
        {
            return null;
        }

        return new Reference(
            long.Parse(wc[0], provider: null), long.Parse(wc[1], provider: null), long.Parse(wc[2], provider: null), sum[0]);
    }

    private static string[]? Run(string tool, string path)
    {
        var start = new ProcessStartInfo(tool, [path]) { RedirectStandardOutput = true, Environment = { ["LC_ALL"] = "C" } };
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return output.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // Not installed here, which the caller is told.
            return null;
        }
    }
}
