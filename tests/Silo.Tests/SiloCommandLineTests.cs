namespace OrleansHealing.Silo;

public sealed class SiloCommandLineTests
{
    private readonly List<string> _did = [];
    private SiloCommand? _options;

    [Theory]
    [InlineData("--silos 0", "--silos", "1 to 64")]
    [InlineData("--silos 65", "--silos", "1 to 64")]
    [InlineData("--silos many", "--silos", "'many'")]
    [InlineData("--silos=1.5", "--silos", "1 to 64")]
    [InlineData("--urls localhost", "--urls", "http://127.0.0.1:8080")]
    [InlineData("--urls http://127.0.0.1:1;ftp://x", "--urls", "'ftp://x'")]
    [InlineData("--silo 3", "--silo", "no option")]
    [InlineData("three", "'three'", "no option")]
    [InlineData("--Healing:Timeout", "--Healing:Timeout", "value")]
    [InlineData("--store-directory", "--store-directory", "missing")]
    [InlineData("embedded-store", "--directory", "required")]
    [InlineData("embedded-store --directory d --linger-seconds 0", "--linger-seconds", "above 0")]
    public async Task Run_RuleBroken_NamesOptionAndRuleAndDoesNothing(string line, string option, string rule)
    {
        var (code, errors) = await RunAsync(line);

        Assert.Equal(SiloCommandLine.UsageError, code);
        Assert.Contains(option, errors, StringComparison.Ordinal);
        Assert.Contains(rule, errors, StringComparison.Ordinal);
        Assert.Empty(_did);
    }

    [Fact]
    public async Task Run_Nothing_IsOneSilo()
    {
        await RunAsync(string.Empty);

        Assert.Equal(["silo"], _did);
        Assert.Equal(new SiloCommand(1, false, null, null, null, false, []), _options! with { Configuration = [] });
    }

    [Fact]
    public async Task Run_ManySilos_Launches()
    {
        await RunAsync("--silos 3 --demo --Healing:Timeout=5 --ConnectionStrings:redis localhost --environment Development");

        Assert.Equal(["launch"], _did);
        Assert.Equal((3, true), (_options!.Silos, _options.Demo));
        Assert.Equal(
            ["--Healing:Timeout=5", "--ConnectionStrings:redis", "localhost", "--environment", "Development"],
            _options.Configuration);
    }

    [Fact]
    public async Task Run_AsAChild_KnowsItsNameAndParent()
    {
        await RunAsync("--silo-name silo-2 --with-parent --urls http://127.0.0.1:9001");

        Assert.Equal(["silo"], _did);
        Assert.Equal(("silo-2", true, "http://127.0.0.1:9001"), (_options!.SiloName, _options.WithParent, _options.Urls));
    }

    [Fact]
    public async Task Run_StoreVerb_IsTheStore()
    {
        await RunAsync("embedded-store --directory d --linger-seconds 1.5");

        Assert.Equal(["store d 1.5"], _did);
    }

    [Fact]
    public async Task Run_Help_HidesWhatIsInternal()
    {
        var output = new StringWriter();

        Assert.Equal(0, await CommandLine().RunAsync(["--help"], output, TextWriter.Null));

        Assert.Contains("--silos", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("embedded-store", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("--with-parent", output.ToString(), StringComparison.Ordinal);
    }

    private async Task<(int Code, string Errors)> RunAsync(string line)
    {
        var errors = new StringWriter();
        var code = await CommandLine().RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), TextWriter.Null, errors);
        return (code, errors.ToString());
    }

    private SiloCommandLine CommandLine() => new(
        options => DoAsync("silo", options),
        options => DoAsync("launch", options),
        (directory, linger) => DoAsync(FormattableString.Invariant($"store {directory} {linger.TotalSeconds}"), null));

    private Task<int> DoAsync(string what, SiloCommand? options)
    {
        _did.Add(what);
        _options = options;
        return Task.FromResult(0);
    }
}
