using System.Diagnostics;
using System.Text.Json.Nodes;

namespace OrleansHealing.Tests.Backends.Kubernetes.Fake;

/// <summary>The real kubectl, on the fake.</summary>
internal sealed class Kubectl(FakeKubernetes kubernetes, string config)
{
    private static readonly string? Program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(d => Path.Combine(d, "kubectl")).FirstOrDefault(File.Exists);

    public static Kubectl Of(FakeKubernetes kubernetes)
    {
        Assert.SkipWhen(Program is null, "kubectl is not installed: apt-get install kubernetes-client");
        return new Kubectl(kubernetes, kubernetes.AdministratorsConfig);
    }

    /// <summary>The same with what a silo may do.</summary>
    public Kubectl AsSilo() => new(kubernetes, kubernetes.SilosConfig);

    public async Task<(int Code, string Output, string Errors)> TryAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Program!) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in (string[])["--kubeconfig", config, "--cache-dir", Path.Combine(kubernetes.Home, "cache"), .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["HOME"] = kubernetes.Home;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }

        return (process.ExitCode, (await output).Trim(), (await errors).Trim());
    }

    /// <summary>What it says, which must go well.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        var (code, output, errors) = await TryAsync(arguments);
        Assert.True(code is 0, $"kubectl {string.Join(' ', arguments)} ended with {code}: {errors} {output}");
        return output;
    }

    public async Task<JsonNode> GetAsync(params string[] what) => JsonNode.Parse(await RunAsync(["get", .. what, "-o", "json"]))!;
}
