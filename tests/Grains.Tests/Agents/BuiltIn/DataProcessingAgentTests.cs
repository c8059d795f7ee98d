using CsCheck;
using OrleansHealing.Agents;
using OrleansHealing.Agents.BuiltIn;
using OrleansHealing.Supervision;

namespace OrleansHealing.Tests.Agents.BuiltIn;

public sealed class DataProcessingAgentTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();
    private readonly MemoryCheckpoints _checkpoints = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("no newline at the end")]
    [InlineData("one\ntwo words\n")]
    [InlineData("  spaced \t out\r\n\v\f\nlast")]
    public async Task RunAsync_SmallFile_CompletesWithTheTotals(string text)
    {
        await File.WriteAllTextAsync(_path, text, Cancellation);

        var context = await RunAsync();

        Assert.Equal(Reference.Of(await File.ReadAllBytesAsync(_path, Cancellation)), Totals(context));
    }

    [Fact]
    public async Task RunAsync_LargeFile_SaysWhatWcAndSha256SumSay()
    {
        await File.WriteAllBytesAsync(_path, TextOf(seed: 3, bytes: 3_000_000), Cancellation);
        if (Reference.OfTools(_path) is not { } tools)
        {
            Assert.Skip("wc and sha256sum are not here: install coreutils.");
            return;
        }

        var context = await RunAsync();

        Assert.Equal(tools, Totals(context));
    }

    [Fact]
    public async Task RunAsync_CrashedAtRandomSaves_EndsWithTheTotalsOfOneCleanPass()
    {
        var bytes = TextOf(seed: 5, bytes: 400_000);
        await File.WriteAllBytesAsync(_path, bytes, Cancellation);
        var random = new Random(5);
        var crashes = 0;
        FakeAgentContext? finished = null;
        while (finished is null)
        {
            // Half of the crashes come before the write is taken, half right after it.
            var crashAt = _checkpoints.Saves + random.Next(1, 12);
            var written = random.Next(2) == 0;
            _checkpoints.OnSave = save => Crash(save == crashAt + (written ? 1 : 0));
            try
            {
                finished = await RunAsync(""" "checkpointEvery": 97 """);
            }
            catch (TestCrashException)
            {
                crashes++;
            }
        }

        Assert.InRange(crashes, 10, 10_000);
        Assert.Equal(Reference.Of(bytes), Totals(finished));
    }

    [Fact]
    public async Task RunAsync_CancelledAtAnyBeatOfAnyFile_EndsWithTheTotalsOfOneCleanPass()
    {
        var genBytes = Gen.OneOf(Gen.Int[0, 4].Select(i => (byte)" \n\ta\u00c3"[i]), Gen.Byte).Array[0, 300];
        await Gen.Select(genBytes, Gen.Int[1, 4].Array[0, 6], Gen.Int[1, 9]).SampleAsync(
            async (bytes, stops, every) =>
            {
                var path = Path.GetTempFileName();
                await File.WriteAllBytesAsync(path, bytes);
                var checkpoints = new MemoryCheckpoints();
                FakeAgentContext? context = null;
                foreach (var stop in stops.Append(int.MaxValue))
                {
                    using var cancel = new CancellationTokenSource();
                    context = new FakeAgentContext(Settings($""" "checkpointEvery": {every}, "linesPerSecond": 2.5 """, path), checkpoints, new SteppingTimeProvider())
                    {
                        OnBeat = beat => CancelAt(beat, stop, cancel),
                    };
                    try
                    {
                        await new DataProcessingAgent().RunAsync(context, cancel.Token);
                    }
                    catch (OperationCanceledException)
                    {
                        // The next incarnation goes on.
                    }
                }

                File.Delete(path);
                return Reference.Of(bytes) == Totals(context!);
            },
            iter: 200);
    }

    [Fact]
    public async Task RunAsync_WordAcrossBuffersAndCheckpoints_IsCountedOnce()
    {
        var bytes = new byte[1_000_000];
        Array.Fill(bytes, (byte)'x');
        await File.WriteAllBytesAsync(_path, bytes, Cancellation);

        var context = await RunAsync(""" "checkpointEvery": 1 """);

        Assert.Equal(Reference.Of(bytes), Totals(context));
        Assert.Equal(1, Totals(context).Words);
    }

    [Fact]
    public async Task RunAsync_Cancelled_SavesHowFarItCame()
    {
        await File.WriteAllBytesAsync(_path, TextOf(seed: 7, bytes: 50_000), Cancellation);
        using var cancel = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => RunAsync(""" "linesPerSecond": 10 """, beat => CancelAt(beat, 4, cancel), cancel.Token));

        Assert.Equal(1, _checkpoints.Saves);
        Assert.Contains("\"Lines\":30", _checkpoints.Json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_CancelledAndFenced_LeavesWithoutAnotherError()
    {
        await File.WriteAllTextAsync(_path, "a\nb\nc\n", Cancellation);
        _checkpoints.OnSave = _ => throw new FencedException(AgentId.Parse("reader"), 1);
        using var cancel = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => RunAsync(""" "linesPerSecond": 0.1 """, beat => CancelAt(beat, 2, cancel), cancel.Token));

        Assert.Null(_checkpoints.Json);
    }

    [Fact]
    public async Task RunAsync_FencedWhileAtWork_Stops()
    {
        await File.WriteAllTextAsync(_path, "a\nb\nc\n", Cancellation);
        _checkpoints.OnSave = _ => throw new FencedException(AgentId.Parse("reader"), 1);

        await Assert.ThrowsAsync<FencedException>(() => RunAsync(""" "checkpointEvery": 1 """));

        Assert.Equal(1, _checkpoints.Saves);
    }

    [Fact]
    public async Task RunAsync_Paced_SpreadsLinesEvenlyAndBeatsOnceAHeartbeat()
    {
        await File.WriteAllTextAsync(_path, string.Concat(Enumerable.Repeat("line\n", 40)), Cancellation);

        var context = await RunAsync(""" "linesPerSecond": 5 """);

        // The first beat at the start, the last at the end; one each second between them.
        Assert.Equal([0, 5, 10, 15, 20, 25, 30, 35, 40, 40], context.Beats.Select(b => Reference.Of(b).Lines));
    }

    [Fact]
    public async Task RunAsync_LessThanALineAHeartbeat_BeatsOnWhileItWaits()
    {
        await File.WriteAllTextAsync(_path, "one\ntwo\n", Cancellation);

        var context = await RunAsync(""" "linesPerSecond": 0.25 """);

        Assert.Equal([0, 0, 0, 0, 1, 1, 1, 1, 2, 2], context.Beats.Select(b => Reference.Of(b).Lines));
    }

    [Fact]
    public async Task RunAsync_CrashAfterHeartbeats_ThrowsAtThatBeatOfEveryIncarnation()
    {
        await File.WriteAllTextAsync(_path, string.Concat(Enumerable.Repeat("line\n", 40)), Cancellation);
        const string Settings = """ "linesPerSecond": 5, "checkpointEvery": 2, "crashAfterHeartbeats": 3 """;

        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(Settings));
        Assert.Contains("\"Lines\":14", _checkpoints.Json, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(Settings));
        Assert.Contains("\"Lines\":28", _checkpoints.Json, StringComparison.Ordinal);

        var context = await RunAsync(Settings);
        Assert.Equal(40, Totals(context).Lines);
    }

    [Fact]
    public async Task RunAsync_CrashProbabilityOne_ThrowsAtTheFirstHeartbeat()
    {
        await File.WriteAllTextAsync(_path, string.Concat(Enumerable.Repeat("line\n", 40)), Cancellation);

        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(""" "linesPerSecond": 5, "crashProbability": 1 """));

        Assert.Contains("crashProbability", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_FileMissing_IsFatalAndNamesIt()
    {
        File.Delete(_path);

        var e = await Assert.ThrowsAsync<FatalAgentException>(() => RunAsync());

        Assert.Contains(_path, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_FileShrank_IsFatalAndNamesIt()
    {
        await File.WriteAllTextAsync(_path, "one\ntwo\n", Cancellation);
        await RunAsync();
        await File.WriteAllTextAsync(_path, "one\n", Cancellation);

        var e = await Assert.ThrowsAsync<FatalAgentException>(() => RunAsync());

        Assert.Contains(_path, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_CheckpointWithoutAHash_IsBadState()
    {
        await File.WriteAllTextAsync(_path, "one\n", Cancellation);
        _checkpoints.Json = """{"Bytes":1,"Lines":0,"Words":1,"InWord":true,"Sha256State":"AAAA"}""";

        await Assert.ThrowsAsync<CheckpointException>(() => RunAsync());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"path": "x", "linesPerSecond": "fast"}""")]
    public async Task RunAsync_SettingMissingOrUnreadable_IsFatal(string settings)
    {
        var context = new FakeAgentContext(settings, _checkpoints, new SteppingTimeProvider());

        await Assert.ThrowsAsync<FatalAgentException>(() => new DataProcessingAgent().RunAsync(context, Cancellation));
    }

    [Fact]
    public void Configure_Always_DeclaresTheContractAndAPolicyThatKeepsTheRules()
    {
        var options = new AgentKindOptions();

        DataProcessingAgent.Configure(options);

        Assert.Equal(
            ["path", "linesPerSecond", "checkpointEvery", "crashAfterHeartbeats", "crashProbability"],
            options.Settings.Select(s => s.Name));
        Assert.Equal("path", Assert.Single(options.Settings, s => s.IsRequired).Name);
        Assert.Equal(RestartPolicy.Transient, options.Policy.Restart);
        Assert.Equal(10, options.Policy.ProgressTimeoutSeconds);
        Assert.Empty(PolicyRules.Check(options.Policy));
    }

    private static Reference Totals(FakeAgentContext context) => Reference.Of(context.Beats.Last());

    private static string Settings(string more, string path) =>
        $$"""{ "path": "{{path.Replace(@"\", @"\\", StringComparison.Ordinal)}}"{{(more.Length > 0 ? "," : "")}}{{more}}}""";

    private static void CancelAt(int beat, int stop, CancellationTokenSource cancel)
    {
        if (beat == stop)
        {
            cancel.Cancel();
        }
    }

    private static void Crash(bool now)
    {
        if (now)
        {
            throw new TestCrashException();
        }
    }

    private static byte[] TextOf(int seed, int bytes)
    {
        var random = new Random(seed);
        var text = new byte[bytes];
        for (var i = 0; i < bytes; i++)
        {
            text[i] = (byte)(random.Next(40) switch { 0 => '\n', < 6 => ' ', 6 => '\t', var n => 'A' + n });
        }

        return text;
    }

    private async Task<FakeAgentContext> RunAsync(string more = "", Action<int>? onBeat = null, CancellationToken? cancellation = null)
    {
        var context = new FakeAgentContext(Settings(more, _path), _checkpoints, new SteppingTimeProvider()) { OnBeat = onBeat };
        await new DataProcessingAgent().RunAsync(context, cancellation ?? Cancellation);
        return context;
    }

    private sealed class TestCrashException : Exception;
}
