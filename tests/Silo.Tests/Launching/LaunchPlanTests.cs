namespace OrleansHealing.Silo.Launching;

public sealed class LaunchPlanTests
{
    private static readonly ChildCommand Program = new("dotnet", ["Silo.dll"]);

    [Fact]
    public void For_ThreeSilos_NamesThemAndGivesTheDemoToEach()
    {
        var plan = LaunchPlan.For(new SiloCommand(3, true, null, "/data", null, false, ["--Healing:Timeout=5"]), Program);

        Assert.Equal(["silo-1", "silo-2", "silo-3"], plan.Select(silo => silo.Name));
        Assert.Equal(
            ["Silo.dll", "--silo-name", "silo-1", "--with-parent", "--demo", "--store-directory", "/data", "--Healing:Timeout=5"],
            plan[0].Command.Arguments);
        Assert.Equal(
            ["Silo.dll", "--silo-name", "silo-2", "--with-parent", "--demo", "--store-directory", "/data", "--Healing:Timeout=5"],
            plan[1].Command.Arguments);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9000", "http://127.0.0.1:9001")]
    [InlineData("http://*:80;https://localhost:443/base", "http://*:81;https://localhost:444/base")]
    [InlineData("http://127.0.0.1:0", "http://127.0.0.1:0")]
    public void For_Urls_GivesTheSecondSiloTheNextPort(string asked, string second)
    {
        var plan = LaunchPlan.For(new SiloCommand(2, false, asked, null, null, false, []), Program);

        Assert.Equal(["--urls", asked], plan[0].Command.Arguments.TakeLast(2));
        Assert.Equal(["--urls", second], plan[1].Command.Arguments.TakeLast(2));
    }
}
