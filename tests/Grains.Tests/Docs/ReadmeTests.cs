using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansHealing.Agents;
using OrleansHealing.Silo;
using OrleansHealing.Tests.Architecture;

namespace OrleansHealing.Docs;

/// <summary>What the README shows is what is compiled and run here.</summary>
public sealed class ReadmeTests
{
    private static readonly string Root = Path.GetDirectoryName(SourceTree.Src)!;

    internal static string Readme { get; } = File.ReadAllText(Path.Combine(Root, "README.md"));

    [Theory]
    [InlineData("ReadmeAgent.cs")]
    [InlineData("ReadmeSilo.cs")]
    public void Code_InTheReadme_IsTheOneThatIsCompiled(string file)
    {
        var source = File.ReadAllText(Path.Combine(Root, "tests/Grains.Tests/Docs", file));
        var lines = source.Split("// <readme>\n")[1].Split("// </readme>")[0].TrimEnd(' ').Split('\n');
        var indent = lines[0].Length - lines[0].TrimStart(' ').Length;
        var shown = string.Join('\n', lines.Select(l => l.Length > indent ? l[indent..] : l));

        Assert.Contains($"```csharp\n{shown}```", Readme, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("builder.Services.AddHttpClient()")]
    [InlineData("builder.Services.AddHealingDashboard()")]
    [InlineData("app.MapHealing()")]
    public void Calls_InTheReadme_AreThoseThatAreCompiled(string call)
    {
        Assert.Contains($"`{call}`", Readme, StringComparison.Ordinal);
        Assert.Contains(call, File.ReadAllText(Path.Combine(Root, "tests/Grains.Tests/Docs/ReadmeSilo.cs")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silo_AsInTheReadme_KnowsTheAgentsKindAndMapsThePages()
    {
        var builder = WebApplication.CreateBuilder();
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering();
            ReadmeSilo.Configure(silo);
        });
        ReadmeSilo.AddServices(builder);
        await using var app = builder.Build();
        ReadmeSilo.Map(app);

        Assert.Equal(["mail-poller"], app.Services.GetRequiredService<AgentKinds>().All.Select(k => k.Name));
        Assert.NotEmpty(((Microsoft.AspNetCore.Routing.IEndpointRouteBuilder)app).DataSources);
    }

    [Fact]
    public async Task SiloCommands_InTheReadme_AreUnderstood()
    {
        const string Start = "dotnet run --project src/Silo -- ";
        var commands = Readme.Split('\n').Where(l => l.StartsWith(Start, StringComparison.Ordinal))
            .Select(l => l[Start.Length..].Split('#')[0].Trim()).ToList();

        Assert.NotEmpty(commands);
        foreach (var command in commands)
        {
            SiloCommand? understood = null;
            Func<SiloCommand, Task<int>> take = c =>
            {
                understood = c;
                return Task.FromResult(0);
            };
            var errors = new StringWriter();

            Assert.Equal(0, await new SiloCommandLine(take, take, (_, _) => Task.FromResult(9)).RunAsync(command.Split(' '), TextWriter.Null, errors));

            Assert.NotNull(understood);
            Assert.Equal("", errors.ToString());
        }
    }
}
