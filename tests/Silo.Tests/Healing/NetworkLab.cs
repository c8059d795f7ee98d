using System.Diagnostics;
using System.Globalization;
using OrleansHealing.Silo.Launching;

namespace OrleansHealing.Silo.Healing;

/// <summary>
/// Machines as network namespaces, each with two cables: one to the network of the silos, one to the network of the store, which
/// the test is on as well. A cable can be pulled: its other end then belongs to no bridge, and packets are lost without a word, as
/// behind a switch that died.
/// </summary>
internal sealed class NetworkLab : IAsyncDisposable
{
    private readonly string _id = Random.Shared.Next(0x1000).ToString("x3", CultureInfo.InvariantCulture);
    private readonly int _subnet = Random.Shared.Next(16, 200);
    private readonly List<string> _machines = [];
    private int _ports = 18_080;

    /// <summary>Where the test, and the store that it starts, are reached from the machines.</summary>
    public string StoreAddress => $"10.{_subnet}.2.1";

    private string SiloBridge => $"hs{_id}";

    private string StoreBridge => $"hr{_id}";

    /// <summary>The two networks, without machines yet, or skips the test where namespaces cannot be made.</summary>
    public static async Task<NetworkLab> CreateAsync()
    {
        var lab = new NetworkLab();
        var probe = $"hp{lab._id}";
        var why = await TryAsync("ip", "netns", "add", probe);
        Assert.SkipWhen(why is not null, $"network namespaces cannot be made here (root and iproute2 are needed): {why}");
        await RunAsync("ip", "netns", "delete", probe);
        await RunAsync("ip", "link", "add", lab.SiloBridge, "type", "bridge");
        await RunAsync("ip", "link", "add", lab.StoreBridge, "type", "bridge");
        await RunAsync("ip", "address", "add", $"{lab.StoreAddress}/24", "dev", lab.StoreBridge);
        await RunAsync("ip", "link", "set", lab.SiloBridge, "up");
        await RunAsync("ip", "link", "set", lab.StoreBridge, "up");
        return lab;
    }

    /// <summary>Adds a machine.</summary>
    /// <returns>The real silo on it, and its arguments.</returns>
    public async Task<(SiloProgram Program, string[] Options)> AddMachineAsync(RedisServer redis)
    {
        var number = _machines.Count + 2;
        var name = $"h{_id}n{number}";
        await RunAsync("ip", "netns", "add", name);
        _machines.Add(name);
        await RunAsync("ip", "-n", name, "link", "set", "lo", "up");
        await PlugInAsync(name, "s", SiloBridge, $"10.{_subnet}.1.{number}/24");
        await PlugInAsync(name, "r", StoreBridge, $"10.{_subnet}.2.{number}/24");
        var real = SiloProgram.Real.Command;
        return (
            new SiloProgram(new ChildCommand("ip", ["netns", "exec", name, real.FileName, .. real.Arguments])),
            [
                "--urls", $"http://10.{_subnet}.2.{number}:{_ports++}",
                "--Healing:ListenOnAllAddresses=true",
                "--Healing:Dashboard:AllowAnonymous=true",
                $"--Healing:AdvertisedAddress=10.{_subnet}.1.{number}",
                $"--ConnectionStrings:redis={StoreAddress}:{redis.Port}",
            ]);
    }

    /// <summary>Pulls the cable between a machine, counted from 0, and the network of the silos.</summary>
    public Task CutFromSilosAsync(int machine) => RunAsync("ip", "link", "set", $"{_machines[machine]}s", "nomaster");

    /// <summary>Pulls the cable between a machine, counted from 0, and the network of the store.</summary>
    public Task CutFromStoreAsync(int machine) => RunAsync("ip", "link", "set", $"{_machines[machine]}r", "nomaster");

    /// <summary>Puts both cables back.</summary>
    public async Task HealAsync(int machine)
    {
        await RunAsync("ip", "link", "set", $"{_machines[machine]}s", "master", SiloBridge);
        await RunAsync("ip", "link", "set", $"{_machines[machine]}r", "master", StoreBridge);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var machine in _machines)
        {
            await TryAsync("ip", "link", "delete", $"{machine}s");
            await TryAsync("ip", "link", "delete", $"{machine}r");
            await TryAsync("ip", "netns", "delete", machine);
        }

        await TryAsync("ip", "link", "delete", SiloBridge);
        await TryAsync("ip", "link", "delete", StoreBridge);
    }

    private static async Task PlugInAsync(string machine, string suffix, string bridge, string address)
    {
        var cable = machine + suffix;
        await RunAsync("ip", "link", "add", cable, "type", "veth", "peer", "name", "eth" + suffix, "netns", machine);
        await RunAsync("ip", "-n", machine, "address", "add", address, "dev", "eth" + suffix);
        await RunAsync("ip", "-n", machine, "link", "set", "eth" + suffix, "up");
        await RunAsync("ip", "link", "set", cable, "master", bridge);
        await RunAsync("ip", "link", "set", cable, "up");
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        var why = await TryAsync(program, arguments);
        Assert.True(why is null, $"{program} {string.Join(' ', arguments)}: {why}");
    }

    /// <returns>Why it failed; null when it did not.</returns>
    private static async Task<string?> TryAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            var said = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode == 0 ? null : $"{process.ExitCode} {said.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return e.Message;
        }
    }
}
