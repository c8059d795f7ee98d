using System.Text.Json;
using CsCheck;
using OrleansHealing.Agents;
using OrleansHealing.Serialization;

namespace OrleansHealing.Tests.Agents;

public sealed class AgentIdTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("7")]
    [InlineData("Reader.1_b:c-d")]
    public void TryParse_TextByTheRule_IsAnId(string text)
    {
        Assert.True(AgentId.TryParse(text, out var id));
        Assert.Equal(text, id.Value);
        Assert.Equal(text, id.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(".a")]
    [InlineData("-a")]
    [InlineData("a b")]
    [InlineData("a#1")]
    [InlineData("a/b")]
    [InlineData("a*")]
    [InlineData("ä")]
    [InlineData("a\n")]
    public void TryParse_AnythingElse_IsNone(string? text)
    {
        Assert.False(AgentId.TryParse(text, out var id));
        Assert.Equal(default, id);
    }

    [Fact]
    public void TryParse_AtTheLongest_IsTheLimit()
    {
        Assert.True(AgentId.TryParse(new string('a', AgentId.MaxLength), out _));
        Assert.False(AgentId.TryParse(new string('a', AgentId.MaxLength + 1), out _));
    }

    [Fact]
    public void Parse_BrokenRule_SaysTheRuleAndShortensTheText()
    {
        var error = Assert.Throws<FormatException>(() => AgentId.Parse("#" + new string('x', 500)));

        Assert.Contains(AgentId.Rule, error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 1, 200);
    }

    [Fact]
    public void PartitionOf_AnyId_StaysInRangeAndIsTheSameEveryTime() =>
        Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 1, 128], Gen.Int[1, 4096]).Sample((text, partitions) =>
        {
            var partition = AgentId.Parse(text).PartitionOf(partitions);

            Assert.InRange(partition, 0, partitions - 1);
            Assert.Equal(partition, AgentId.Parse(text).PartitionOf(partitions));
        });

    [Fact]
    public void PartitionOf_ManyIds_SpreadsThemEvenly()
    {
        var counts = Enumerable.Range(0, 8_000).Select(i => AgentId.Parse($"agent-{i}").PartitionOf(8)).CountBy(p => p).ToDictionary();

        Assert.Equal(8, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 850, 1_150));
    }

    [Fact]
    public void Compare_TwoIds_GoesByTheirBytes()
    {
        var (upper, lower) = (AgentId.Parse("Z"), AgentId.Parse("a"));

        Assert.True(upper < lower && upper <= lower && lower > upper && lower >= upper);
    }

    [Theory]
    [InlineData("\"a b\"")]
    [InlineData("7")]
    [InlineData("null")]
    public void Json_OfNoId_IsRefused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(
            $$"""{"id":{{json}},"kind":"k"}""", HealingJson.Default.AgentDefinition));
}
