using System.Text.Json.Serialization.Metadata;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansHealing.Agents;
using OrleansHealing.Heartbeats;
using OrleansHealing.Supervision;
using OrleansHealing.Telemetry;
using OrleansHealing.Tests.Supervision;

namespace OrleansHealing.Tests.Heartbeats;

public sealed class RecordCodecTests : IDisposable
{
    private const string State =
        """{"v":1,"agentId":"a","status":"healthy","incarnation":7,"since":"2026-01-02T03:04:05.000Z","desired":{"mode":"run","actor":"anna","at":"2026-01-02T03:04:05.000Z"}}""";

    private readonly HealingMetrics _metrics = TestStore.Metrics();
    private readonly RecordCodec _codec;

    public RecordCodecTests() => _codec = new RecordCodec(_metrics, NullLogger<RecordCodec>.Instance);

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        var state = Given.State(AgentStatus.BackingOff, 3) with { LastFailure = new(FailureReason.Stuck, "\"quoted\" ü", Given.Now) };

        var read = _codec.Read(RecordCodec.Write(state, StoreJson.Default.HealthState), StoreJson.Default.HealthState, "states");

        Assert.Equal(state, read.Value);
        Assert.Equal((0, false), (_metrics.MalformedSeen, read.IsMalformed));
    }

    [Fact]
    public void Read_Nothing_IsNothing() =>
        Assert.Equal(default, _codec.Read(default, StoreJson.Default.HealthState, "states"));

    [Fact]
    public void Read_StateByTheRules_IsRead() => Assert.NotNull(Read(State, StoreJson.Default.HealthState).Value);

    [Theory]
    [InlineData("", "")]
    [InlineData("{\"v\":1,", "{")]
    [InlineData("{\"v\":1,", "{\"v\":2,")]
    [InlineData("\"agentId\":\"a\",", "")]
    [InlineData("\"agentId\":\"a\"", "\"agentId\":\"a b\"")]
    [InlineData("\"agentId\":\"a\"", "\"agentId\":null")]
    [InlineData("\"agentId\":\"a\"", "\"agentId\":\"a\",\"agentId\":\"b\"")]
    [InlineData("\"agentId\":\"a\"", "\"agentId\":\"a\",\"colour\":\"red\"")]
    [InlineData("\"status\":\"healthy\"", "\"status\":\"fine\"")]
    [InlineData("\"status\":\"healthy\"", "\"status\":1")]
    [InlineData("\"status\":\"healthy\"", "\"status\":\"stale\"")]
    [InlineData("\"status\":\"healthy\"", "\"status\":\"backing-off\"")]
    [InlineData("\"incarnation\":7", "\"incarnation\":\"7\"")]
    [InlineData("\"incarnation\":7", "\"incarnation\":7.5")]
    [InlineData("\"incarnation\":7", "\"incarnation\":0")]
    [InlineData("\"incarnation\":7", "\"incarnation\":9007199254740993")]
    [InlineData("\"incarnation\":7", "\"incarnation\":99999999999999999999")]
    [InlineData("\"incarnation\":7", "\"incarnation\":7,\"consecutiveFailures\":-1")]
    [InlineData("\"incarnation\":7", "\"incarnation\":7,\"consecutiveFailures\":2000000000")]
    [InlineData("\"incarnation\":7", "\"incarnation\":7,\"totalRestarts\":-1")]
    [InlineData("\"2026-01-02T03:04:05.000Z\",\"desired\"", "\"yesterday\",\"desired\"")]
    [InlineData("\"2026-01-02T03:04:05.000Z\",\"desired\"", "5,\"desired\"")]
    [InlineData("\"mode\":\"run\",", "")]
    [InlineData("}}", "}")]
    [InlineData("}}", "}} ,")]
    public void Read_StateWithAFault_IsMalformedAndCounted(string right, string wrong)
    {
        var text = right.Length == 0 ? wrong : State.Replace(right, wrong, StringComparison.Ordinal);

        var read = Read(text, StoreJson.Default.HealthState);

        Assert.True(read.IsMalformed, $"{text} was read as {read.Value}");
        Assert.Null(read.Value);
        Assert.Equal(text, read.Text);
        Assert.Equal(1, _metrics.MalformedSeen);
    }

    [Theory]
    [InlineData("\"retryAfterSeconds\":1e300")]
    [InlineData("\"retryAfterSeconds\":-1")]
    [InlineData("\"retryAfterSeconds\":1e400")]
    public void Read_ReportWithAnImpossibleWait_IsMalformed(string wait) => Assert.True(Read(
        $$"""{"v":1,"incarnation":7,"kind":"failed","reason":"told-to-wait","message":"m","at":"2026-01-02T03:04:05Z",{{wait}}}""",
        StoreJson.Default.IncarnationReport).IsMalformed);

    [Theory]
    [InlineData("\"timeoutSeconds\":1e300")]
    [InlineData("\"backoff\":{\"maxSeconds\":1e300}")]
    [InlineData("\"maxRestarts\":0")]
    public void Read_DefinitionWithAnImpossiblePolicy_IsMalformed(string policy) => Assert.True(Read(
        $$$"""{"v":1,"id":"a","kind":"k","policy":{{{{policy}}}}}""", StoreJson.Default.AgentDefinition).IsMalformed);

    [Theory]
    [InlineData("\"promiseSeconds\":0")]
    [InlineData("\"promiseSeconds\":-5")]
    [InlineData("\"promiseSeconds\":1e9")]
    public void Read_HeartbeatWithAnImpossiblePromise_IsMalformed(string promise) => Assert.True(Read(
        $$"""{"v":1,"incarnation":7,"sequence":1,"at":"2026-01-02T03:04:05Z",{{promise}},"host":"h"}""", StoreJson.Default.Heartbeat).IsMalformed);

    [Fact]
    public void Read_AnyBytes_NeverThrows() => Gen.Byte.Array[0, 200].Sample(bytes =>
    {
        Assert.True(_codec.Read(bytes, StoreJson.Default.HealthState, "states").IsMalformed);
    });

    /// <summary>One byte of a right record is another: whatever comes of it is a record or malformed, and its policy can be settled.</summary>
    [Fact]
    public void Read_OneByteChanged_NeverThrows()
    {
        var definition = new AgentDefinition
        {
            Id = Given.Id,
            Kind = "k",
            Settings = AgentSettings.Parse("""{"a":"\ud83d\ude00","b":[1]}"""),
            Labels = new Dictionary<string, string> { ["team"] = "x" },
            Policy = new PolicySettings { TimeoutSeconds = 5.25, Backoff = new() { MaxSeconds = 60 } },
        };
        var text = (byte[])RecordCodec.Write(definition, StoreJson.Default.AgentDefinition)!;
        Gen.Select(Gen.Int[0, text.Length - 1], Gen.Byte).Sample((at, value) =>
        {
            var changed = (byte[])text.Clone();
            changed[at] = value;

            var read = _codec.Read(changed, StoreJson.Default.AgentDefinition, "definitions");

            Assert.NotEqual(read.IsMalformed, read.Value is not null);
            _ = read.Value?.Policy?.Over(Given.Policy);
        });
    }

    [Theory]
    [InlineData("a#7", "a", 7)]
    [InlineData("a:b-c#9007199254740992", "a:b-c", 9007199254740992)]
    public void TryParseMember_WhatAMemberIs_IsRead(string member, string id, long incarnation)
    {
        Assert.True(StoreKeys.TryParseMember(member, out var parsed, out var number));
        Assert.Equal((id, incarnation), (parsed.Value, number));
        Assert.Equal(member, StoreKeys.Member(parsed, number));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("#7")]
    [InlineData("a#")]
    [InlineData("a#0")]
    [InlineData("a#-7")]
    [InlineData("a#+7")]
    [InlineData("a# 7")]
    [InlineData("a#b#7")]
    [InlineData("a#9007199254740993")]
    [InlineData("a#99999999999999999999")]
    public void TryParseMember_AnythingElse_IsNone(string? member) => Assert.False(StoreKeys.TryParseMember(member, out _, out _));

    public void Dispose() => _metrics.Dispose();

    private StoredRecord<T> Read<T>(string text, JsonTypeInfo<T> type)
        where T : class => _codec.Read(text, type, "key", "field");
}
