using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using OrleansHealing.Dashboard.OpenApi;
using OrleansHealing.Dashboard.Support;

namespace OrleansHealing.Dashboard.Docs;

/// <summary>docs/API.md names every route and no other, and its code is the one that is compiled and run here.</summary>
public sealed class ApiDocsTests
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(Folder(), "../../.."));
    private static readonly string Text = File.ReadAllText(Path.Combine(Root, "docs/API.md"));

    [Fact]
    public void Code_InTheDocs_IsTheOneThatIsCompiled()
    {
        var lines = File.ReadAllText(Path.Combine(Folder(), "BareApp.cs")).Split("// <docs>\n")[1].Split("// </docs>")[0].TrimEnd(' ').Split('\n');

        Assert.Contains($"```csharp\n{string.Join('\n', lines.Select(l => l.Trim()))}```", Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task App_OfThreeLines_ServesThePageAndTheApi()
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(FakeGrainFactory.Of(new FakeFleet()));
        await using var app = BareApp.Create(builder);
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        foreach (var path in new[] { "/", "/api/v1/agents", "/openapi/v1.json" })
        {
            using var answer = await http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal((path, HttpStatusCode.OK), (path, answer.StatusCode));
        }
    }

    [Fact]
    public void Routes_InTheDocs_AreThoseThatThereAre()
    {
        var rows = Text.Split('\n').Where(l => l.StartsWith("| `/api/v1/", StringComparison.Ordinal)).Select(l => l.Split('|'));

        Assert.Equal(
            Operations.All.Select(o => $"{o.Method} {o.Path}").Order(StringComparer.Ordinal),
            rows.SelectMany(r => r[2].Split(',').Select(m => $"{m.Trim(' ', '`')} {r[1].Trim(' ', '`')}")).Order(StringComparer.Ordinal));
    }

    private static string Folder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
