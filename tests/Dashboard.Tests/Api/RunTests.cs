using System.Net;
using OrleansHealing.Dashboard.Support;
using OrleansHealing.Heartbeats;
using OrleansHealing.Serialization;
using OrleansHealing.Supervision;

namespace OrleansHealing.Dashboard.Api;

/// <summary>What comes from the processes that agents run, and from agents outside the cluster.</summary>
public sealed class RunTests : ApiTest
{
    private const string Path = "/api/v1/agents/a-1/checkpoint";

    [Theory]
    [InlineData("""{"done": 40}""", """{"done":40}""")]
    [InlineData("0", "0")]
    [InlineData("\"text\"", "\"text\"")]
    [InlineData("[null]", "[null]")]
    public async Task Put_AnyState_IsSavedAsItIs(string state, string saved)
    {
        var (status, body, _) = await Api.SendAsync("PUT", Path, $$"""{"incarnation":7,"state":{{state}}}""");

        Assert.Equal((HttpStatusCode.OK, """{"message":"It is done.","incarnation":8}"""), (status, body));
        Assert.Equal([$"save a-1 7 {saved}"], Fleet.Orders);
    }

    [Theory]
    [InlineData("""{"incarnation":7}""", "state", "is required")]
    [InlineData("""{"incarnation":7,"state":null}""", "state", "must be a value (it is null)")]
    [InlineData("""{"state":1}""", "incarnation", "is required")]
    [InlineData("""{"incarnation":0,"state":1}""", "incarnation", "must be a whole number from 1 to")]
    public async Task Put_WrongBody_SaysWhatAndSavesNothing(string body, string member, string rule)
    {
        var (status, answer, _) = await Api.SendAsync("PUT", Path, body);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains($"\"{member}\":[\"{rule}", answer, StringComparison.Ordinal);
        Assert.Empty(Fleet.Orders);
    }

    [Fact]
    public async Task Put_AMillionCharacters_IsTaken()
    {
        var (status, _, _) = await Api.SendAsync("PUT", Path, $$"""{"incarnation":7,"state":"{{new string('x', 1024 * 1024)}}"}""");

        Assert.Equal(HttpStatusCode.OK, status);
    }

    [Fact]
    public async Task Put_OfAZombie_IsAnsweredWith409()
    {
        Fleet.Result = CommandResult.Conflict("Stop working.");

        var (status, body, _) = await Api.SendAsync("PUT", Path, """{"incarnation":6,"state":1}""");

        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("Stop working.", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_Checkpoint_AnswersTheStateAsItWasSavedAndWhoseItIs()
    {
        var (status, body, response) = await Api.SendAsync("GET", $"{Path}?incarnation=7");

        Assert.Equal((HttpStatusCode.OK, """{"done":40}"""), (status, body));
        Assert.Equal(("6", "3"), (response.Headers.GetValues("Healing-Incarnation").Single(), response.Headers.GetValues("Healing-Sequence").Single()));
        Assert.Equal(["load a-1 7"], Fleet.Orders);
    }

    [Fact]
    public async Task Get_NoCheckpoint_Answers204()
    {
        Fleet.Checkpoint = new CheckpointReply(CommandResult.Done("There is none."));

        var (status, body, _) = await Api.SendAsync("GET", Path);

        Assert.Equal((HttpStatusCode.NoContent, ""), (status, body));
    }

    [Theory]
    [InlineData(CommandOutcome.NotFound, HttpStatusCode.NotFound)]
    [InlineData(CommandOutcome.Conflict, HttpStatusCode.Conflict)]
    public async Task Get_Refused_AnswersWhy(CommandOutcome outcome, HttpStatusCode expected)
    {
        Fleet.Checkpoint = new CheckpointReply(new CommandResult { Outcome = outcome, Message = "Because." }, new SavedCheckpoint(1, 1, Sample.At, JsonText.Parse("1")));

        var (status, body, _) = await Api.SendAsync("GET", $"{Path}?incarnation=6");

        Assert.Equal(expected, status);
        Assert.Contains("Because.", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("seven")]
    [InlineData("9007199254740993")]
    public async Task Get_NoIncarnation_IsRefused(string incarnation)
    {
        var (status, body, _) = await Api.SendAsync("GET", $"{Path}?incarnation={incarnation}");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("must be a whole number from 1 to 9007199254740992", body, StringComparison.Ordinal);
        Assert.Empty(Fleet.Orders);
    }
}
